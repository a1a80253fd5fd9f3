//! The page as if somebody had got something of theirs into it: what it may load, run and reach in the real webview.

use serde_json::{Value, json};
use testkit::answers::Answers;

use crate::stage::Stage;

/// Puts each of these into the page, waits until the webview has made up its mind about all, and tells what came through.
const ATTEMPTS: &str = r"
const [address, told] = [arguments[0], arguments[arguments.length - 1]]
const through = []
window.through = (what) => through.push(what)
const settled = []
const element = (name, set) => {
  const made = document.createElement(name)
  Object.assign(made, set)
  settled.push(new Promise((ends) => ['load', 'error'].forEach((event) => made.addEventListener(event, (seen) => {
    if (seen.type === 'load') through.push(name + ' from elsewhere')
    ends()
  }))))
  document.body.append(made)
}
const blocked = []
document.addEventListener('securitypolicyviolation', (seen) => blocked.push(seen.effectiveDirective))
const script = document.createElement('script')
script.textContent = `window.through('an injected script')`
document.body.append(script)
const drawn = document.createElement('div')
drawn.innerHTML = `<button onclick=window.through('an_inline_handler')>press</button>`
document.body.append(drawn)
drawn.firstChild.click()
try { new Function(`window.through('a function made of text')`)() } catch {}
element('img', { src: address + '/picture.png' })
element('script', { src: address + '/script.js' })
element('link', { rel: 'stylesheet', href: address + '/style.css' })
settled.push(fetch(address + '/data').then(() => through.push('a request'), () => {}))
settled.push(new Promise((ends) => {
  const frame = document.createElement('iframe')
  frame.src = address + '/frame.html'
  document.body.append(frame)
  document.addEventListener('securitypolicyviolation', (seen) => seen.effectiveDirective === 'frame-src' && ends())
}))
Promise.all(settled).then(() => told({ through, blocked, opened: window.open(address) !== null }))
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_injected_neither_runs_nor_reaches_anything() {
    let elsewhere = Answers::with("200 OK\r\nAccess-Control-Allow-Origin: *\r\n", "");
    let address = &elsewhere.url;
    let stage = Stage::set().await;
    let window = stage.window().await;
    window.find("first-start").await;
    let found = window.execute_async(ATTEMPTS, vec![json!(address)]).await;
    assert_eq!(found["through"], json!([]), "{found}");
    let blocked = found["blocked"].as_array().map_or(0, Vec::len);
    assert!(blocked >= 6, "each was refused: {found}");
    assert_eq!(found["opened"], Value::Bool(false), "no window beside ours");

    // Neither does the window leave our page.
    let leave = format!("location.href = '{address}/elsewhere'; return true");
    window.execute(&leave, Vec::new()).await;
    window.find("first-start").await;

    // Nor does a link lead anywhere, in this window or in another one.
    for target in ["", "_blank", "_top"] {
        let click = format!(
            "const link = document.createElement('a')
            Object.assign(link, {{ href: '{address}/link', target: '{target}', textContent: 'here' }})
            document.body.append(link)
            link.click()
            return true"
        );
        window.execute(&click, Vec::new()).await;
        window.find("first-start").await;
    }
    window.close().await.expect("the window closes");
    let asked = elsewhere.asked();
    assert_eq!(asked, None, "somebody was asked");
}
