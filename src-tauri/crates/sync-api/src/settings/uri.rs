//! Tells whether a connection string is one, before anything connects. The string holds a password: what is said
//! about it is put together from words of this file only, since the driver's messages quote the string.

use mongodb::options::{ConnectionString as Parsed, HostInfo, Tls};
use sync_engine::config::ConnectionString;

use super::value::Expected;

/// Options that may be named in a message. A name taken from the string itself could be half of a password with an
/// unescaped `?` in it.
const OPTIONS: [&str; 34] = [
    "appName",
    "authMechanism",
    "authMechanismProperties",
    "authSource",
    "compressors",
    "connectTimeoutMS",
    "directConnection",
    "heartbeatFrequencyMS",
    "journal",
    "loadBalanced",
    "localThresholdMS",
    "maxIdleTimeMS",
    "maxPoolSize",
    "maxStalenessSeconds",
    "minPoolSize",
    "readConcernLevel",
    "readPreference",
    "readPreferenceTags",
    "replicaSet",
    "retryReads",
    "retryWrites",
    "serverSelectionTimeoutMS",
    "socketTimeoutMS",
    "srvMaxHosts",
    "srvServiceName",
    "ssl",
    "tls",
    "tlsAllowInvalidCertificates",
    "tlsCAFile",
    "tlsCertificateKeyFile",
    "tlsInsecure",
    "uuidRepresentation",
    "w",
    "wTimeoutMS",
];

/// Says what is wrong with a connection string, if anything.
pub(super) fn check(text: &str) -> Result<(), Expected> {
    let Some((_, rest)) = text
        .split_once("://")
        .filter(|(scheme, _)| ["mongodb", "mongodb+srv"].contains(scheme))
    else {
        return Err(
            "expected a connection string that begins with mongodb:// or mongodb+srv://".into(),
        );
    };
    if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return Err("the connection string has a space or a line break in it".into());
    }
    match Parsed::parse(text) {
        Ok(parsed) => check_files(&parsed),
        Err(_) => Err(reason(text, rest).into()),
    }
}

/// The files that the string names are read by the driver only when it connects.
fn check_files(parsed: &Parsed) -> Result<(), Expected> {
    let Some(Tls::Enabled(tls)) = &parsed.tls else {
        return Ok(());
    };
    for (option, file) in [
        ("tlsCAFile", &tls.ca_file_path),
        ("tlsCertificateKeyFile", &tls.cert_key_file_path),
    ] {
        let Some(file) = file else { continue };
        let text = std::fs::read(file).map_err(|error| {
            let why = error.kind();
            Expected::from(format!(
                "the connection string's option {option} names a file that cannot be read: {why}"
            ))
        })?;
        let begins = |line: &[u8]| line.starts_with(b"-----BEGIN ");
        if !text.split(|byte| *byte == b'\n').any(begins) {
            return Err(format!(
                "the connection string's option {option} names a file that is not in PEM format"
            )
            .into());
        }
    }
    Ok(())
}

/// A folder name that is the same for every way to write the same servers and database, without credentials.
pub(super) fn folder_name(uri: &ConnectionString, database: &str) -> String {
    // Long enough for two hosts and a database, short enough for any file system.
    const CHARACTERS_MAX: usize = 60;
    let servers = servers(uri);
    let readable: String = format!("{servers}-{database}")
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        })
        .take(CHARACTERS_MAX)
        .collect();
    let exact = blake3::hash(format!("{servers}/{database}").as_bytes()).to_hex();
    format!("{}-{}", readable.trim_matches('.'), &exact[..8])
}

/// The servers of a connection string, without user and password.
pub(crate) fn servers(uri: &ConnectionString) -> String {
    match Parsed::parse(uri.expose()).map(|parsed| parsed.host_info) {
        Ok(HostInfo::HostIdentifiers(hosts)) => {
            let mut hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
            hosts.sort();
            hosts.join(",")
        }
        Ok(HostInfo::DnsRecord(name)) => name,
        Ok(_) | Err(_) => "unknown".to_owned(),
    }
}

fn reason(text: &str, rest: &str) -> String {
    let (authority, query) = match rest.split_once('?') {
        Some((before, query)) => (before.trim_end_matches('/'), query),
        None => (rest, ""),
    };
    if let Some(option) = query.split('&').find_map(bad_option) {
        return format!("the connection string's option {option} has a value that is not accepted");
    }
    let hosts = authority
        .rsplit_once('@')
        .map_or(authority, |(_, hosts)| hosts);
    let hosts = hosts.split('/').next().unwrap_or_default();
    if hosts.is_empty() {
        return "the connection string names no server".to_owned();
    }
    if text.starts_with("mongodb+srv://") && hosts.contains([',', ':']) {
        return "a mongodb+srv:// connection string takes one host name and no port".to_owned();
    }
    if rest.matches('@').count() > 1
        || rest
            .split_once('@')
            .is_some_and(|(user, _)| user.matches(':').count() > 1)
    {
        return "the connection string's user name or password has one of : / ? # [ ] @ % in it, which must be written as %3A %2F %3F %23 %5B %5D %40 %25".to_owned();
    }
    "not a MongoDB connection string (characters : / ? # [ ] @ % in a password must be percent-encoded)".to_owned()
}

fn bad_option(pair: &str) -> Option<&'static str> {
    let (name, _) = pair.split_once('=')?;
    let known = OPTIONS
        .iter()
        .find(|option| option.eq_ignore_ascii_case(name))?;
    Parsed::parse(format!("mongodb://localhost/?{pair}"))
        .is_err()
        .then_some(*known)
}
