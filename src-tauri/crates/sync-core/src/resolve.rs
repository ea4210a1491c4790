//! Who wins when both sides changed the same document.

use std::str::FromStr;

use thiserror::Error;

use crate::place::Side;
use crate::revision::Revision;

/// The rule that picks the winner of a conflict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// The later write.
    #[default]
    LastWriteWins,
    /// Always what Atlas holds.
    AtlasWins,
    /// Always what this PC holds.
    LocalWins,
}

/// A word that names no strategy.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unknown conflict strategy \"{0}\"; known are last-write-wins, atlas-wins and local-wins")]
pub struct UnknownStrategy(String);

impl Strategy {
    /// Every strategy, the default first.
    pub const ALL: [Strategy; 3] = [
        Strategy::LastWriteWins,
        Strategy::AtlasWins,
        Strategy::LocalWins,
    ];

    /// The word used in settings and stored records.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::LastWriteWins => "last-write-wins",
            Strategy::AtlasWins => "atlas-wins",
            Strategy::LocalWins => "local-wins",
        }
    }

    /// Whether it has anything to go by, or can only leave it to Atlas.
    pub fn can_tell(self, local: Option<Revision>, atlas: Option<Revision>) -> bool {
        match self {
            Strategy::AtlasWins | Strategy::LocalWins => true,
            Strategy::LastWriteWins => local.is_some() || atlas.is_some(),
        }
    }

    /// The winner. Where a time is not known, nothing can be compared and Atlas, the shared truth, wins.
    pub fn pick(self, local: Option<Revision>, atlas: Option<Revision>) -> Side {
        match self {
            Strategy::LocalWins => Side::Local,
            Strategy::AtlasWins => Side::Atlas,
            Strategy::LastWriteWins => match (local, atlas) {
                (Some(local), Some(atlas)) if local > atlas => Side::Local,
                (Some(_), Some(_)) | (None, _) | (Some(_), None) => Side::Atlas,
            },
        }
    }
}

impl FromStr for Strategy {
    type Err = UnknownStrategy;

    fn from_str(text: &str) -> Result<Strategy, UnknownStrategy> {
        Strategy::ALL
            .into_iter()
            .find(|strategy| strategy.name() == text)
            .ok_or_else(|| UnknownStrategy(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revision::{Author, EventTime};

    #[test]
    fn the_later_write_wins_and_ties_fall_alike_everywhere() {
        let pc = |time| {
            Some(Revision::new(
                EventTime(time),
                Author::Pc(uuid::Uuid::from_u128(7)),
            ))
        };
        let direct = |time| Some(Revision::on_atlas(EventTime(time)));
        let lww = Strategy::LastWriteWins;
        assert_eq!(lww.pick(pc(2), direct(1)), Side::Local);
        assert_eq!(lww.pick(pc(1), direct(2)), Side::Atlas);
        assert_eq!(
            lww.pick(pc(1), direct(1)),
            Side::Local,
            "a PC sorts after atlas"
        );
        assert_eq!(
            lww.pick(None, None),
            Side::Atlas,
            "no times: Atlas is the shared truth"
        );
        assert_eq!(Strategy::LocalWins.pick(pc(1), direct(9)), Side::Local);
        assert_eq!(Strategy::AtlasWins.pick(pc(9), direct(1)), Side::Atlas);
    }

    #[test]
    fn names_are_read_back_and_others_refused() {
        for strategy in Strategy::ALL {
            assert_eq!(strategy.name().parse(), Ok(strategy));
        }
        assert!("newest".parse::<Strategy>().is_err());
    }
}
