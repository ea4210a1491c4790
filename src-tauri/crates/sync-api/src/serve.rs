//! What a running daemon answers on loopback: `GET /status`, `GET /metrics`, and `POST /resync` for whoever can read
//! the token in the state directory.
//!
//! A page in a browser on this PC can send requests here too, under a host name of its own that resolves to
//! loopback; the Host header gives it away, and such requests are refused.

use std::net::IpAddr;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use sync_engine::Engine;

use crate::wire;

/// An order is a line of JSON.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// What the answers are made from.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) engine: Engine,
    pub(crate) token: String,
}

/// The order to compare both sides and copy what differs.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResyncOrder {
    /// `None`: every collection.
    pub collection: Option<String>,
}

pub(crate) fn router(served: Served) -> Router {
    Router::new()
        .route("/status", get(status))
        .route("/metrics", get(metrics))
        .route("/resync", post(resync))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(only_loopback_hosts))
        .with_state(served)
}

async fn status(State(served): State<Served>) -> Json<wire::Status> {
    Json(wire::Status::from(&*served.engine.status().borrow()))
}

async fn metrics(State(served): State<Served>, headers: HeaderMap) -> Response {
    let asked = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    let kind = if asked.contains("application/openmetrics-text") {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    };
    ([(header::CONTENT_TYPE, kind)], served.engine.metrics_text()).into_response()
}

/// Answers when the engine has noted the order on disk; how far it is, the status tells.
async fn resync(
    State(served): State<Served>,
    headers: HeaderMap,
    order: Result<Json<ResyncOrder>, JsonRejection>,
) -> Response {
    if !may_order(&headers, &served.token) {
        return (
            StatusCode::UNAUTHORIZED,
            "the token of the state directory is needed\n",
        )
            .into_response();
    }
    let Ok(Json(order)) = order else {
        return (
            StatusCode::BAD_REQUEST,
            "expected {\"collection\": null} or a collection's name\n",
        )
            .into_response();
    };
    match served.engine.resync(order.collection.as_deref()).await {
        Ok(()) => StatusCode::ACCEPTED.into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

fn may_order(headers: &HeaderMap, token: &str) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .map(|value| value.as_bytes())
        .unwrap_or_default();
    given
        .strip_prefix(b"Bearer ")
        .is_some_and(|given| given.ct_eq(token.as_bytes()).into())
}

async fn only_loopback_hosts(request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let named_by_uri = request.uri().authority().map(Authority::as_str);
    if host.is_some_and(is_loopback) && named_by_uri.is_none_or(is_loopback) {
        next.run(request).await
    } else {
        (
            StatusCode::FORBIDDEN,
            "this is served to this machine only, under 127.0.0.1, [::1] or localhost\n",
        )
            .into_response()
    }
}

fn is_loopback(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else {
        return false;
    };
    let host = authority
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests;
