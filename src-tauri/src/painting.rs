//! How WebKitGTK paints.
//!
//! It paints through OpenGL, also where the computer has no GPU: there OpenGL is a program (llvmpipe), and compiles a shader
//! at the first use of every effect, half a second to two seconds each, in which the page stands still (seen with
//! WebKitGTK 2.50.6: files that were dropped began to move 1.4 s later). Without OpenGL the same pages are painted at once.

use std::env;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A name in libwebkit2gtk-4.1 2.50.6, read when its page process begins. No page that describes it was found; what it does
/// was measured (docs/performance.md).
const WITHOUT_OPENGL: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";
/// What the page process has painted reaches the window through plain memory and not through buffers of a GPU, which OpenGL
/// would have to put together here. Measured there, too.
const WITHOUT_GPU_BUFFERS: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Starts this program anew with both variables, under the same process id, where no GPU is found and nobody has decided
/// otherwise. They cannot be set in a process that runs: other threads may read the environment.
pub(crate) fn choose() {
    if env::var_os(WITHOUT_OPENGL).is_some() || has_gpu() {
        return;
    }
    let Ok(program) = env::current_exe() else {
        return;
    };
    // It returns only when there is nothing to start; then OpenGL it is.
    let mut anew = Command::new(program);
    anew.args(env::args_os().skip(1)).env(WITHOUT_OPENGL, "1");
    if env::var_os(WITHOUT_GPU_BUFFERS).is_none() {
        anew.env(WITHOUT_GPU_BUFFERS, "1");
    }
    let _ = anew.exec();
}

/// A render node, or NVIDIA's own device.
fn has_gpu() -> bool {
    let nodes = Path::new("/dev/dri").read_dir().into_iter().flatten();
    let is_render_node = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b"renderD");
    nodes
        .flatten()
        .any(|node| is_render_node(&node.file_name()))
        || Path::new("/dev/nvidia0").exists()
}
