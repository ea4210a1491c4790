//! The listener of one side: reads its change stream, or its queue, and turns events into hints. It decides nothing.

mod drain;
mod event;
mod pipeline;
mod take;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::{DateTime, Document, RawBsonRef, RawDocumentBuf};
use futures_util::StreamExt;
use mongodb::raw_batch_cursor::{RawBatch, RawBatchCursor};
use sync_core::place::{DocumentKey, Key, Side};

use crate::error::{EngineError, Remedy, answered};
use crate::positions::time_of;
use crate::run::{Reading, Run};
pub(crate) use event::Salvage;
use event::{Transaction, What, parse, salvage};
use pipeline::StreamOptions;

/// Keys a side may have waiting before its listener pauses: bounds memory at about 10 MB a side.
pub(crate) const KEYS_WAITING_MAX: usize = 20_000;
/// An answer near this size, in bytes, may have been cut.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long the server may hold an answer back when nothing happens.
const IDLE_WAIT: Duration = Duration::from_secs(1);

/// A stream that is open.
#[derive(Debug)]
pub(crate) struct Listener {
    side: Side,
    /// The last token seen: where to go on after a lost connection.
    token: Option<RawDocumentBuf>,
    /// Keys whose tombstone was written in the transaction that is being read.
    buried: Option<(Transaction, HashSet<(String, DocumentKey)>)>,
    /// Collections of which the last answer said that they are gone; `None` is the whole database.
    dropped: Vec<Option<String>>,
    /// Keys of which it said that the record of their having been set aside was discarded.
    discarded: Vec<Key>,
    /// The last page that was taken from the queue.
    page: i64,
    /// Rows of the queue whose deletion was believed before it was said to be done, and when they were written.
    believed: HashMap<DocumentKey, DateTime>,
    /// Since when rows of the queue are put by.
    parked: Option<Instant>,
}

/// Why reading stopped without an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The engine is stopping.
    Ending,
    /// The choice of collections changed: open again from the safe position.
    Reopen,
    /// There was no room for some events: open again before them.
    LeftOut,
    /// The stream was invalidated, or there is one by now: open again behind it.
    Invalidated,
}

/// What was in an answer.
#[derive(Clone, Copy, Debug)]
struct Read {
    stopped: Option<Stopped>,
    count: u32,
}

impl Listener {
    pub(crate) fn new(side: Side, token: Option<RawDocumentBuf>) -> Listener {
        Listener {
            side,
            token,
            buried: None,
            dropped: Vec::new(),
            discarded: Vec::new(),
            page: 0,
            believed: HashMap::new(),
            parked: None,
        }
    }

    /// Whether the position to go on from lies in the future of the server that said `hello`. A stream would wait for
    /// that time in silence.
    pub(crate) fn is_ahead_of(&self, hello: &Document) -> bool {
        let position = self.token.as_deref().and_then(time_of);
        let now = hello.get_timestamp("operationTime").ok();
        // A server that has just started may not know its own time yet.
        now.is_some_and(|now| now.time > 0) && position > now
    }

    /// Goes back to a stored position.
    pub(crate) fn rewind(&mut self, token: Option<RawDocumentBuf>) {
        (self.token, self.buried) = (token, None);
    }

    /// Opens the stream and reads it until it fails or is told to stop.
    pub(crate) async fn listen(&mut self, run: &Arc<Run>) -> Result<Stopped, EngineError> {
        if run.replica(self.side).has_queue() {
            return self.listen_to_queue(run).await;
        }
        let mut choices = run.choices.subscribe();
        let modes = choices.borrow_and_update().modes.clone();
        let mut batches = match self.open(run, self.token.as_ref()).await {
            Err(error) if self.is_of_the_token(run, &error).await => {
                tracing::warn!(side = %self.side, %error, "the position is of no use");
                return Err(EngineError::ForeignPosition { side: self.side });
            }
            opened => opened?,
        };
        loop {
            let next = answered(self.side, async { batches.next().await.transpose() });
            let batch = tokio::select! {
                batch = next => batch?,
                () = run.stopping() => return Ok(Stopped::Ending),
                // A pause is none of the stream's business.
                _ = choices.wait_for(|choices| choices.modes != modes) => return Ok(Stopped::Reopen),
            };
            let Some(batch) = batch else {
                return Err(EngineError::reply(self.side, "the stream's next answer"));
            };
            let before = self.buried.clone();
            let read = match self.take_in(run, &batch).await {
                Ok(read) => read,
                Err(error) => {
                    // The answer is read again.
                    self.buried = before;
                    return Err(error);
                }
            };
            self.advance(run, &batch, read.count);
            if self.side == Side::Local && self.page == 0 {
                self.take_left_in_queue(run).await?;
            }
            if let Some(stopped) = read.stopped {
                return Ok(stopped);
            }
            run.connected(self.side);
            tokio::select! {
                reading = run.room(self.side) => if reading == Reading::Again {
                    return Ok(Stopped::LeftOut);
                },
                () = run.stopping() => return Ok(Stopped::Ending),
            }
        }
    }

    /// Whether the server refuses the position and not the stream: there are too many ways in which a token can be bad
    /// to know them by their codes.
    async fn is_of_the_token(&self, run: &Run, error: &EngineError) -> bool {
        // One that is stepping down, or short of time, has nothing against it.
        let refused = error.is_final() && error.remedy() != Remedy::CompareAgain;
        refused && self.token.is_some() && self.open(run, None).await.is_ok()
    }

    async fn open(
        &self,
        run: &Run,
        resume: Option<&RawDocumentBuf>,
    ) -> Result<RawBatchCursor, EngineError> {
        let me = run.me.to_string();
        let hidden = run.hidden(self.side);
        let options = StreamOptions {
            side: self.side,
            me: &me,
            // A stream that begins now first tells where it begins, so that this is stored before anything else happens.
            batch_size: resume.map_or(0, |_| run.config.stream_batch_size),
            hidden: &hidden,
            listening: self.side == Side::Local || run.config.bidirectional,
            resume,
        };
        let replica = run.replica(self.side);
        let command = pipeline::command(&options).map_err(|error| replica.unreadable(&error))?;
        let opened = replica.database.run_raw_cursor_command(command);
        answered(self.side, async {
            opened
                .max_time(IDLE_WAIT)
                .batch_size(run.config.stream_batch_size)
                .batch()
                .await
        })
        .await
    }

    async fn take_in(&mut self, run: &Arc<Run>, batch: &RawBatch) -> Result<Read, EngineError> {
        let read = self.read(run, batch)?;
        // Known to the next run as well before its position passes them.
        run.report_dropped(self.side, std::mem::take(&mut self.dropped))
            .await?;
        run.compare_unread().await?;
        run.look_at_discarded(std::mem::take(&mut self.discarded))
            .await?;
        Ok(read)
    }

    fn read(&mut self, run: &Arc<Run>, batch: &RawBatch) -> Result<Read, EngineError> {
        let mut stopped = None;
        let mut count = 0;
        for event in batch.doc_slices().map_err(EngineError::at(self.side))? {
            let event = event.map_err(|error| run.replica(self.side).unreadable(&error))?;
            let RawBsonRef::Document(document) = event else {
                return Err(EngineError::reply(self.side, "a change event"));
            };
            count += 1;
            match parse(self.side, document, run.clock.of(self.side)) {
                Ok(event) if matches!(event.what, What::Invalidated) => {
                    stopped = Some(Stopped::Invalidated)
                }
                Ok(event) => self.take(run, event),
                Err(error) => run.take_bad_event(self.side, salvage(self.side, document), &error),
            }
        }
        Ok(Read { stopped, count })
    }

    /// Everything in the answer was taken in.
    fn advance(&mut self, run: &Run, batch: &RawBatch, count: u32) {
        let cursor = batch.as_raw_document().get_document("cursor");
        let token = cursor
            .ok()
            .and_then(|cursor| cursor.get_document("postBatchResumeToken").ok());
        if let Some(token) = token {
            self.token = Some(token.to_owned());
            if count == 0 {
                self.buried = None;
            }
            // A position inside one of our own deletes would make it look like a user's after a restart.
            if self.buried.is_none() {
                run.inbox().checkpoint(self.side, token.to_owned());
            }
        }
        // An answer shorter than asked for means that nothing more was there, unless it was cut for its bytes.
        let short = count < run.config.stream_batch_size
            && batch.as_raw_document().as_bytes().len() < ANSWER_BYTES_MAX;
        run.set_caught_up(self.side, short);
        run.wake();
    }
}
