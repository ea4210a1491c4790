//! A private certificate authority and a server certificate for 127.0.0.1, in
//! the form MongoDB wants: key and certificate in one PEM file.

use std::fs;
use std::io;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot make a certificate")]
    Make(#[from] rcgen::Error),
    #[error("cannot write a certificate")]
    Write(#[from] io::Error),
}

/// Writes the authority's certificate to `ca` and the server's key and
/// certificate to `server`.
pub(super) fn write(ca: &Path, server: &Path) -> Result<(), CertificateError> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority
        .distinguished_name
        .push(DnType::CommonName, "Bomba Sync tests");
    let authority_key = KeyPair::generate()?;
    fs::write(ca, authority.self_signed(&authority_key)?.pem())?;
    let issuer = Issuer::new(authority, authority_key);

    let mut leaf = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()])?;
    leaf.distinguished_name.push(DnType::CommonName, "mongod");
    // A member of a replica set is also a client: of itself, to start with.
    leaf.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    let leaf_key = KeyPair::generate()?;
    let certificate = leaf.signed_by(&leaf_key, &issuer)?;
    fs::write(server, leaf_key.serialize_pem() + &certificate.pem())?;
    Ok(())
}
