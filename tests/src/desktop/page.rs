//! The window as a person uses it: what stands on a button or beside a field, never how it is made.

use std::fs;
use std::path::Path;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};

use crate::eventually;

/// How long anything may take on a machine that is shared.
const SOON: Duration = Duration::from_secs(90);

/// A window in hand.
#[derive(Clone, Debug)]
pub struct Page {
    client: Client,
}

impl Page {
    pub(super) fn new(client: Client) -> Page {
        Page { client }
    }

    /// Clicks a button, by what stands on it.
    pub async fn click(&self, text: &str) {
        let path = format!(
            "//button[contains(normalize-space(.), {})][not(@disabled)]",
            quoted(text)
        );
        self.press(&path, text).await;
    }

    /// Clicks a button of the question that is asked.
    pub async fn click_in_dialog(&self, text: &str) {
        let path = format!(
            "//dialog//button[contains(normalize-space(.), {})]",
            quoted(text)
        );
        self.press(&path, text).await;
    }

    /// Clicks a button or choice inside the row of a table that is named so.
    pub async fn click_in_row(&self, row: &str, text: &str) {
        let path = format!(
            "//tr[.//th[contains(., {})]]//*[self::button or self::label][contains(normalize-space(.), {})]",
            quoted(row),
            quoted(text)
        );
        self.press(&path, text).await;
    }

    /// Clicks a choice, by its label.
    pub async fn choose(&self, text: &str) {
        let path = format!("//label[contains(normalize-space(.), {})]", quoted(text));
        self.press(&path, text).await;
    }

    /// Chooses from a list, by the list's label and the value behind the entry.
    pub async fn pick(&self, label: &str, value: &str) {
        let list = self.field(label, "select").await;
        list.select_by_value(value)
            .await
            .expect("the entry is there");
    }

    /// Fills a field, by its label.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label, "input").await;
        field.clear().await.expect("a field can be cleared");
        field.send_keys(text).await.expect("a field takes text");
    }

    /// Waits until a text is on the page.
    pub async fn shows(&self, text: &str) {
        self.reaches(text, |page| page.contains(text)).await;
    }

    /// Waits until the page's text is as wanted.
    pub async fn reaches(&self, what: &str, wanted: impl Fn(&str) -> bool) {
        eventually(SOON, what, async || {
            let text = self.text().await;
            if wanted(&text) { Ok(()) } else { Err(text) }
        })
        .await;
    }

    /// All text of the page.
    pub async fn text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await;
        match body {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    /// An attribute of the whole page, such as its direction.
    pub async fn attribute(&self, name: &str) -> Option<String> {
        let page = self.client.find(Locator::Css("html")).await.ok()?;
        page.attr(name).await.ok()?
    }

    /// Keeps a picture of the window.
    pub async fn picture(&self, file: &Path) {
        let picture = self
            .client
            .screenshot()
            .await
            .expect("a window can be seen");
        fs::write(file, picture).expect("a picture can be kept");
    }

    /// Ends the application as its driver does.
    pub async fn close(self) {
        self.client
            .close()
            .await
            .expect("the driver ends the session");
    }

    async fn field(&self, label: &str, kind: &str) -> Element {
        let label = quoted(label);
        let path = format!(
            "//{kind}[@id = //label[contains(normalize-space(.), {label})]/@for] | //label[contains(normalize-space(.), {label})]//{kind}"
        );
        self.find(&path, &label).await
    }

    async fn press(&self, path: &str, what: &str) {
        eventually(SOON, &format!("to click on {what}"), async || {
            let element = self.client.find(Locator::XPath(path)).await;
            match element {
                Ok(element) => element.click().await.map_err(|error| error.to_string()),
                Err(error) => Err(format!("{error}\n{}", self.text().await)),
            }
        })
        .await;
    }

    async fn find(&self, path: &str, what: &str) -> Element {
        eventually(SOON, what, async || {
            let element = self.client.find(Locator::XPath(path)).await;
            match element {
                Ok(element) => Ok(element),
                Err(error) => Err(format!("{error}\n{}", self.text().await)),
            }
        })
        .await
    }
}

/// A text in an XPath; none of ours holds both kinds of quotes.
fn quoted(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{text}\"")
    } else {
        format!("'{text}'")
    }
}
