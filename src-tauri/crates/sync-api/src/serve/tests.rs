//! Requests to the router, without a process and without a port. The engine behind it is a real one whose servers
//! cannot be reached.

use axum::body::{Body, to_bytes};
use axum::http::Method;
use sync_engine::config::{ConnectionString, EngineConfig};
use tower::ServiceExt;

use super::*;

const TOKEN: &str = "the-word";

async fn app() -> Served {
    let nowhere = || {
        ConnectionString::new(
            "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50&directConnection=true",
        )
    };
    let engine = Engine::start(EngineConfig::new(nowhere(), nowhere(), "shop"))
        .await
        .unwrap();
    Served {
        engine,
        token: TOKEN.to_owned(),
    }
}

struct Answer {
    code: StatusCode,
    kind: String,
    body: String,
}

async fn ask(app: &Served, request: axum::http::request::Builder, body: &str) -> Answer {
    let response = router(app.clone())
        .oneshot(request.body(Body::from(body.to_owned())).unwrap())
        .await
        .unwrap();
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(|kind| kind.to_str().unwrap().to_owned());
    let code = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    Answer {
        code,
        kind: kind.unwrap_or_default(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

fn get_from(host: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().uri(path).header(header::HOST, host)
}

#[tokio::test]
async fn the_status_is_json_in_the_words_of_the_contract() {
    let app = app().await;
    let answer = ask(&app, get_from("127.0.0.1:7017", "/status"), "").await;
    assert_eq!(
        (answer.code, answer.kind.as_str()),
        (StatusCode::OK, "application/json")
    );
    let status: wire::Status = serde_json::from_str(&answer.body).unwrap();
    assert_ne!(status.state, wire::State::Synced);
    assert!(!status.local.connected && !status.atlas.connected);
    app.engine.stop().await.unwrap();
}

#[tokio::test]
async fn the_metrics_are_prometheus_text() {
    let app = app().await;
    let answer = ask(&app, get_from("localhost", "/metrics"), "").await;
    assert_eq!(
        (answer.code, answer.kind.as_str()),
        (StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8")
    );
    assert!(
        answer.body.contains("# TYPE bomba_sync_"),
        "{}",
        answer.body
    );
    let open = get_from("localhost", "/metrics").header(
        header::ACCEPT,
        "application/openmetrics-text;version=1.0.0,*/*",
    );
    assert!(
        ask(&app, open, "")
            .await
            .kind
            .starts_with("application/openmetrics-text")
    );
    app.engine.stop().await.unwrap();
}

#[tokio::test]
async fn a_request_under_a_foreign_host_name_is_refused() {
    let app = app().await;
    for host in [
        "evil.example",
        "evil.example:7017",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.7",
        "",
    ] {
        let answer = ask(&app, get_from(host, "/status"), "").await;
        assert_eq!(answer.code, StatusCode::FORBIDDEN, "{host}");
    }
    let without = ask(&app, Request::builder().uri("/status"), "").await;
    assert_eq!(without.code, StatusCode::FORBIDDEN);
    let absolute = ask(
        &app,
        get_from("localhost", "http://evil.example/status"),
        "",
    )
    .await;
    assert_eq!(absolute.code, StatusCode::FORBIDDEN);
    for host in [
        "127.0.0.1",
        "127.0.0.1:7017",
        "[::1]:7017",
        "localhost:7017",
        "LOCALHOST",
    ] {
        assert_eq!(
            ask(&app, get_from(host, "/status"), "").await.code,
            StatusCode::OK,
            "{host}"
        );
    }
    app.engine.stop().await.unwrap();
}

#[tokio::test]
async fn nothing_else_is_served() {
    let app = app().await;
    for path in ["/", "/status/", "/../status", "/resync/x"] {
        assert_eq!(
            ask(&app, get_from("localhost", path), "").await.code,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for (method, path) in [
        (Method::POST, "/status"),
        (Method::DELETE, "/metrics"),
        (Method::GET, "/resync"),
    ] {
        let request = get_from("localhost", path).method(method);
        assert_eq!(
            ask(&app, request, "").await.code,
            StatusCode::METHOD_NOT_ALLOWED,
            "{path}"
        );
    }
    app.engine.stop().await.unwrap();
}

#[tokio::test]
async fn a_resync_is_ordered_only_with_the_token() {
    let app = app().await;
    let order = || {
        get_from("localhost", "/resync")
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/json")
    };
    assert_eq!(
        ask(&app, order(), "{}").await.code,
        StatusCode::UNAUTHORIZED
    );
    for wrong in [
        "Bearer the-wor",
        "Bearer ",
        "the-word",
        "Basic the-word",
        "Bearer the-word2",
    ] {
        let request = order().header(header::AUTHORIZATION, wrong);
        assert_eq!(
            ask(&app, request, "{}").await.code,
            StatusCode::UNAUTHORIZED,
            "{wrong}"
        );
    }
    for body in [
        "",
        "[]",
        "{\"colection\": \"bills\"}",
        "{\"collection\": 7}",
    ] {
        let request = order().header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
        assert_eq!(
            ask(&app, request, body).await.code,
            StatusCode::BAD_REQUEST,
            "{body}"
        );
    }
    app.engine.stop().await.unwrap();
}
