//! Uploads, step by step, without a socket.

use agentmc_core::transfer::{Checksum, Meter, NewFile, Progress, Upload, UploadStep, media_type};
use agentmc_core::{Error, ErrorKind};
use bytes::Bytes;
use http::Response;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixtures::reply;
use crate::transfers::{URL, api, fixture, lost, record};

const CONTENT: &[u8] = b"0123456789";

fn ticket(headers: &Value) -> Response<Bytes> {
    let mut json = fixture("createFileUpload");
    json["data"]["upload_url"] = json!(URL);
    json["data"]["upload_headers"] = headers.clone();
    reply(201, json.to_string())
}

/// Makes the upload ask for a ticket, gives it one, and takes what it sends to storage.
fn put(upload: &mut Upload, headers: &Value) -> Result<http::Request<()>, Error> {
    let UploadStep::Call(call) = upload.step() else { panic!("a ticket is asked for") };
    assert_eq!(call.endpoint().id, "createFileUpload");
    upload.replied(Ok(ticket(headers)));
    match upload.step() {
        UploadStep::Put(request) => Ok(*request),
        UploadStep::Done(result) => Err(result.unwrap_err()),
        step => panic!("{step:?}"),
    }
}

fn sent() -> Option<Checksum> {
    Some(Checksum::of(CONTENT))
}

fn uploading() -> Upload {
    Upload::new(&api(), NewFile::new("notes.md"), CONTENT.len() as u64)
}

#[test]
fn an_upload_is_a_ticket_the_bytes_and_the_file() {
    let file = NewFile::new("notes.md").display_name("Notes").folder_id(3).owner_agent_id(4);
    let file = file.checksum(Checksum::of(CONTENT));
    let mut upload = Upload::new(&api(), file, 10);
    let UploadStep::Call(call) = upload.step() else { panic!("a ticket is asked for") };
    let body: Value = serde_json::from_slice(call.request().body()).unwrap();
    let sum = Checksum::of(CONTENT).to_string();
    let wanted = json!({
        "filename": "notes.md", "byte_size": 10, "mime_type": "text/markdown", "checksum_sha256": sum,
    });
    assert_eq!(body, wanted);
    upload.replied(Ok(ticket(&json!({"Content-Type": "text/markdown", "X-Amz-Meta": ["a", 5]}))));
    let UploadStep::Put(request) = upload.step() else { panic!("the bytes are sent") };
    assert_eq!((request.method().as_str(), request.uri().to_string()), ("PUT", URL.to_owned()));
    let headers: Vec<_> = request.headers().iter().collect();
    let value = |name: &str| request.headers().get_all(name).iter().collect::<Vec<_>>();
    assert_eq!(headers.len(), 4);
    assert_eq!(value("content-type"), ["text/markdown"]);
    assert_eq!(value("content-length"), ["10"]);
    assert_eq!(value("x-amz-meta"), ["a", "5"]);
    upload.stored(Ok(reply(200, "")), sent(), true, 0.0);
    let UploadStep::Call(call) = upload.step() else { panic!("the file is made") };
    let body: Value = serde_json::from_slice(call.request().body()).unwrap();
    let upload_id = &fixture("createFileUpload")["data"]["upload_id"];
    let wanted = json!({"upload_id": upload_id, "display_name": "Notes", "folder_id": 3, "owner_agent_id": 4});
    assert_eq!(body, wanted);
    upload.replied(Ok(record("createFile", CONTENT)));
    let UploadStep::Done(result) = upload.step() else { panic!("it is done") };
    assert_eq!(result.unwrap().size_bytes, 10);
}

#[test]
fn a_signed_url_is_not_shown() {
    let json = fixture("createFileUpload")["data"].clone();
    let ticket: agentmc_core::types::TeamFileUploadTicket = serde_json::from_value(json).unwrap();
    let mut upload = uploading();
    let shown = format!("{upload:?} {:?}", upload.step());
    upload.replied(Ok(self::ticket(&json!({}))));
    let step = upload.step();
    assert!(matches!(step, UploadStep::Put(_)), "{step:?}");
    for text in [format!("{ticket:?}"), shown, format!("{step:?} {upload:?}")] {
        assert!(
            !text.contains("signature") && !text.contains(ticket.upload_url.expose()),
            "{text}"
        );
    }
}

#[test]
fn what_a_client_says_itself_is_left_out_of_the_tickets_headers() {
    let headers = json!({"Host": ["storage.example"], "Content-Length": "10", "x-a": "b"});
    let request = put(&mut uploading(), &headers).unwrap();
    assert_eq!(request.headers().len(), 2);
    let other = put(&mut uploading(), &json!({"Host": "other.example"})).unwrap();
    assert_eq!(other.headers()["host"], "other.example");
    assert_eq!(put(&mut uploading(), &json!([])).unwrap().headers().len(), 1);
}

#[test]
fn a_ticket_that_cannot_be_sent_as_it_is_is_an_error() {
    for headers in [
        json!({"Content-Length": 11}),
        json!({"a b": "c"}),
        json!({"x-a": "b\r\nx-c: d"}),
        json!({"x-a": {"b": "c"}}),
        json!({"x-a": null}),
    ] {
        let error = put(&mut uploading(), &headers).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{headers}");
        assert!(error.to_string().ends_with("at `data.upload_headers`"), "{error}");
    }
}

#[test]
fn a_ticket_that_has_expired_is_renewed_once() {
    for status in [401, 403, 410] {
        let mut upload = uploading();
        put(&mut upload, &json!({})).unwrap();
        upload.stored(Ok(reply(status, "")), None, true, 0.0);
        put(&mut upload, &json!({})).unwrap();
        upload.stored(Ok(reply(status, "")), None, true, 0.0);
        let UploadStep::Done(result) = upload.step() else { panic!("once is enough") };
        assert_eq!(result.unwrap_err().status().unwrap().as_u16(), status);
    }
    let mut upload = uploading();
    put(&mut upload, &json!({})).unwrap();
    upload.stored(Ok(reply(400, "<Code>ExpiredToken</Code>")), None, true, 0.0);
    put(&mut upload, &json!({})).unwrap();
    upload.stored(Ok(reply(400, "<Code>BadDigest</Code>")), None, true, 0.0);
    let UploadStep::Done(result) = upload.step() else { panic!("the content is refused") };
    let Err(Error::Api(error)) = *result else { panic!("storage refused") };
    assert_eq!((error.status.as_u16(), error.from_storage, error.excerpt.len()), (400, true, 0));
    assert_eq!(error.to_string(), "createFileUpload: storage: 400 Bad Request");
}

#[test]
fn the_bytes_are_sent_again_only_if_they_can_be_read_again() {
    let mut upload = uploading();
    put(&mut upload, &json!({})).unwrap();
    for _ in 0..2 {
        upload.stored(Err(lost()), None, true, 0.0);
        let UploadStep::Wait(_) = upload.step() else { panic!("it waits") };
        let UploadStep::Put(_) = upload.step() else { panic!("it tries again") };
    }
    upload.stored(Err(lost()), None, true, 0.0);
    let UploadStep::Done(result) = upload.step() else { panic!("three are enough") };
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Lost);

    for outcome in [Err(lost()), Ok(reply(503, "")), Ok(reply(403, ""))] {
        let mut upload = uploading();
        put(&mut upload, &json!({})).unwrap();
        upload.stored(outcome, None, false, 0.0);
        let UploadStep::Done(result) = upload.step() else { panic!("it cannot be repeated") };
        result.unwrap_err();
    }
}

#[test]
fn a_file_that_is_not_what_was_sent_is_an_error() {
    let made = |content: &[u8]| {
        let mut upload = uploading();
        put(&mut upload, &json!({})).unwrap();
        upload.stored(Ok(reply(200, "")), sent(), true, 0.0);
        let UploadStep::Call(_) = upload.step() else { panic!("the file is made") };
        upload.replied(Ok(record("createFile", content)));
        let UploadStep::Done(result) = upload.step() else { panic!("it is done") };
        result.map_err(|error| error.kind())
    };
    assert!(made(CONTENT).is_ok());
    assert_eq!(made(b"0123456780").unwrap_err(), ErrorKind::Integrity);
    assert_eq!(made(b"012345678").unwrap_err(), ErrorKind::Integrity);
}

#[test]
fn content_that_is_not_what_was_announced_makes_no_file() {
    let known = NewFile::new("notes.md").checksum(Checksum::of(b"other"));
    for (file, sum) in [(known, sent()), (NewFile::new("notes.md"), None)] {
        let mut upload = Upload::new(&api(), file, 10);
        put(&mut upload, &json!({})).unwrap();
        upload.stored(Ok(reply(200, "")), sum, true, 0.0);
        let UploadStep::Done(result) = upload.step() else { panic!("it is over") };
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Integrity);
    }
}

#[test]
fn a_file_without_bytes_or_with_too_long_a_name_is_refused_before_anything_is_sent() {
    for (name, size) in [("notes.md".to_owned(), 0), ("x".repeat(256), 1)] {
        let mut upload = Upload::new(&api(), NewFile::new(name), size);
        let UploadStep::Done(result) = upload.step() else { panic!("nothing is sent") };
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Build);
    }
}

#[test]
fn a_meter_expects_exactly_so_many_bytes() {
    let mut meter = Meter::of_upload(4);
    assert_eq!(meter.take(b"012").unwrap(), Progress::new(3, 4));
    assert!(meter.clone().take(b"34").is_err());
    assert!(meter.clone().finish().is_err());
    meter.take(b"3").unwrap();
    assert_eq!(meter.finish().unwrap(), Checksum::of(b"0123"));
}

proptest! {
    #[test]
    fn a_checksum_is_written_as_it_is_read(bytes in any::<[u8; 32]>(), text in "\\PC{0,70}") {
        let checksum = Checksum::from(bytes);
        prop_assert_eq!(checksum.to_string().parse(), Ok(checksum));
        prop_assert_eq!(checksum.to_string().to_uppercase().parse(), Ok(checksum));
        prop_assert!(text.parse::<Checksum>().is_err() || text.len() == 64);
    }

    #[test]
    fn every_name_has_a_media_type_that_may_be_sent(name in "\\PC{1,40}") {
        let api = api();
        let mut upload = Upload::new(&api, NewFile::new(name.clone()), 1);
        let UploadStep::Call(call) = upload.step() else { panic!("{name:?} may be sent") };
        let body: Value = serde_json::from_slice(call.request().body()).unwrap();
        prop_assert_eq!(&body["mime_type"], media_type(&name));
    }
}
