//! What the tray and the notifications say, in the person's language. The texts are the window's own catalogues, built
//! into the program: there is no second place to translate in.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use sync_api::wire::Language;
use unic_langid::LanguageIdentifier;

const ENGLISH: &str = include_str!("../../ui/locales/en/tray.ftl");
const ARABIC: &str = include_str!("../../ui/locales/ar/tray.ftl");

/// A language there are texts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tongue {
    English,
    Arabic,
}

impl Tongue {
    /// The one that is set, or the system's.
    pub(crate) fn spoken(setting: Language) -> Tongue {
        Tongue::chosen(setting, sys_locale::get_locale().as_deref())
    }

    fn chosen(setting: Language, system: Option<&str>) -> Tongue {
        let of_system = || {
            let name = system.unwrap_or_default().to_ascii_lowercase();
            match name.split(['-', '_', '.']).next() {
                Some("ar") => Tongue::Arabic,
                _ => Tongue::English,
            }
        };
        match setting {
            Language::En => Tongue::English,
            Language::Ar => Tongue::Arabic,
            Language::System => of_system(),
        }
    }
}

/// The texts in one language.
pub(crate) struct Words {
    tongue: Tongue,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.tongue).finish()
    }
}

impl Words {
    pub(crate) fn new(tongue: Tongue) -> Words {
        let (locale, text) = match tongue {
            Tongue::English => ("en", ENGLISH),
            Tongue::Arabic => ("ar", ARABIC),
        };
        let locale: LanguageIdentifier = locale.parse().expect("both are language codes");
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Only numbers are put into these texts, and old panels show the isolating marks as boxes.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match tongue {
            Tongue::English => |value, _| written(value, Tongue::English),
            Tongue::Arabic => |value, _| written(value, Tongue::Arabic),
        }));
        let resource = match FluentResource::try_new(text.to_owned()) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                tracing::error!(?errors, "a text cannot be read");
                resource
            }
        };
        bundle.add_resource_overriding(resource);
        Words { tongue, bundle }
    }

    pub(crate) fn tongue(&self) -> Tongue {
        self.tongue
    }

    pub(crate) fn say(&self, id: &str) -> String {
        self.fill(id, None)
    }

    /// A text with a number in it, which decides its grammar.
    pub(crate) fn say_with(&self, id: &str, name: &str, number: u32) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set(name.to_owned(), number);
        self.fill(id, Some(&arguments))
    }

    /// A text that is missing is shown as its name: the tests leave none missing.
    fn fill(&self, id: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let message = self.bundle.get_message(id);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            tracing::error!(id, "a text is missing");
            return id.to_owned();
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, arguments, &mut errors);
        if !errors.is_empty() {
            tracing::error!(id, ?errors, "a text does not fit");
        }
        text.into_owned()
    }
}

/// Numbers as the window's Intl writes them, in groups of three and with the language's digits.
fn written(value: &FluentValue<'_>, tongue: Tongue) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let digits = format!("{:.0}", number.value);
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(match tongue {
                Tongue::English => ',',
                Tongue::Arabic => '\u{66c}',
            });
        }
        text.push(match tongue {
            Tongue::English => digit,
            Tongue::Arabic => arabic(digit),
        });
    }
    Some(text)
}

fn arabic(digit: char) -> char {
    let value = digit.to_digit(10);
    value
        .and_then(|value| char::from_u32(0x660 + value))
        .unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: [&str; 24] = [
        "tray-tooltip-synced",
        "tray-tooltip-synced-now",
        "tray-tooltip-offline",
        "tray-tooltip-paused",
        "tray-tooltip-attention",
        "tray-tooltip-setup",
        "menu-open",
        "menu-state-synced",
        "menu-state-syncing",
        "menu-state-offline",
        "menu-state-paused",
        "menu-state-attention",
        "menu-state-setup",
        "menu-pause",
        "menu-resume",
        "menu-sync-now",
        "menu-collections",
        "menu-settings",
        "menu-quit",
        "notify-conflicts-title",
        "notify-attention-title",
        "notify-attention-body",
        "notify-back-title",
        "notify-open",
    ];

    const COUNTED: [(&str, &str); 7] = [
        ("tray-tooltip-synced-ago", "minutes"),
        ("tray-tooltip-synced-hours", "hours"),
        ("tray-tooltip-syncing", "count"),
        ("tray-tooltip-offline-waiting", "count"),
        ("menu-conflicts", "count"),
        ("notify-conflicts-body", "count"),
        ("notify-back-body", "count"),
    ];

    /// One number of each plural form of Arabic: zero, one, two, few, many, other.
    const NUMBERS: [u32; 6] = [0, 1, 2, 3, 11, 100];

    #[test]
    fn every_text_is_there_in_both_languages() {
        for tongue in [Tongue::English, Tongue::Arabic] {
            let words = Words::new(tongue);
            for id in PLAIN {
                let text = words.say(id);
                assert!(!text.is_empty() && text != id, "{tongue:?}: {id}");
            }
            for (id, name) in COUNTED {
                for number in NUMBERS {
                    let text = words.say_with(id, name, number);
                    let whole = !text.is_empty() && text != id && !text.contains(['{', '$']);
                    assert!(whole, "{tongue:?}: {id} with {number}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_number_decides_the_grammar_in_both_languages() {
        let forms = |tongue, id: &str, name: &str| {
            let words = Words::new(tongue);
            let texts = NUMBERS.map(|number| {
                let text = words.say_with(id, name, number);
                text.replace(
                    |letter: char| letter.is_numeric() || letter == '\u{66c}',
                    "",
                )
            });
            texts.into_iter().collect::<std::collections::BTreeSet<_>>()
        };
        for (id, name) in COUNTED
            .into_iter()
            .filter(|(id, _)| *id != "menu-conflicts")
        {
            assert!(forms(Tongue::English, id, name).len() >= 2, "{id}");
            assert!(forms(Tongue::Arabic, id, name).len() >= 4, "{id}");
        }
    }

    #[test]
    fn numbers_are_written_as_in_the_window() {
        let cases = [
            (Tongue::English, 0, "0"),
            (Tongue::English, 999, "999"),
            (Tongue::English, 1_234_567, "1,234,567"),
            (Tongue::Arabic, 12, "١٢"),
            (Tongue::Arabic, 1234, "١٬٢٣٤"),
        ];
        for (tongue, number, expected) in cases {
            let text = written(&FluentValue::from(number), tongue);
            assert_eq!(text.as_deref(), Some(expected));
        }
    }

    #[test]
    fn the_setting_decides_and_else_the_system() {
        let cases = [
            (Language::En, Some("ar-IQ"), Tongue::English),
            (Language::Ar, Some("en-US"), Tongue::Arabic),
            (Language::System, Some("ar-IQ"), Tongue::Arabic),
            (Language::System, Some("ar_EG.UTF-8"), Tongue::Arabic),
            (Language::System, Some("en-US"), Tongue::English),
            (Language::System, Some("arn"), Tongue::English),
            (Language::System, None, Tongue::English),
        ];
        for (setting, system, expected) in cases {
            assert_eq!(
                Tongue::chosen(setting, system),
                expected,
                "{setting:?} {system:?}"
            );
        }
    }
}
