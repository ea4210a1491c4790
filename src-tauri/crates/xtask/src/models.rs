//! Bomba's side: the host of its Mongoose models, the middleware, and a made-up shop.

use crate::npm::Npm;
use crate::report::Tally;
use crate::shell::ShellError;

/// Installs what the shop of the tests needs: its mongoose.
pub(crate) fn shop() -> Result<bool, ShellError> {
    Npm::at("tests/shop").install()
}

/// Types, lints and tests of what runs in Node.
pub(crate) fn check(tally: &Tally) -> Result<bool, ShellError> {
    let npm = Npm::at("src-tauri/bomba");
    if !(npm.install()? && shop()?) {
        return Ok(false);
    }
    let checked = npm.script("check")?;
    let linted = npm.script("lint")?;
    Ok(npm.tests("test", tally)? && checked && linted)
}
