//! What the shop's code is told in confidence, and must not be found in a log, a status or a record.

use crate::config::ConnectionString;

/// The texts to hide.
#[derive(Default)]
pub(super) struct Secrets(Vec<String>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Secrets {
    /// A connection string and the password in it, as it stands there and as it is meant.
    pub(super) fn of(uri: &ConnectionString) -> Secrets {
        let text = uri.expose();
        let parsed = mongodb::options::ConnectionString::parse(text).ok();
        let meant = parsed.and_then(|parsed| parsed.credential?.password);
        let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        let stands = user
            .and_then(|user| user.split_once(':'))
            .map(|(_, password)| password.to_owned());
        let mut secrets = vec![text.to_owned()];
        secrets.extend(meant);
        secrets.extend(stands);
        secrets.retain(|secret| !secret.is_empty());
        Secrets(secrets)
    }

    pub(super) fn hide(&self, text: &str) -> String {
        let hide = |text: String, secret: &String| text.replace(secret, "***");
        self.0.iter().fold(text.to_owned(), hide)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_the_address_nor_the_password_is_left() {
        let uri = "mongodb://shop:p%40ss@localhost:27017/?appName=till";
        let secrets = Secrets::of(&ConnectionString::new(uri));
        let said = format!("to {uri}, with p%40ss, that is p@ss, as shop");
        assert_eq!(
            secrets.hide(&said),
            "to ***, with ***, that is ***, as shop"
        );
        assert_eq!(format!("{secrets:?}"), "***");
        let open = Secrets::of(&ConnectionString::new("mongodb://localhost:27017"));
        assert_eq!(open.hide("bill 7 at localhost"), "bill 7 at localhost");
    }
}
