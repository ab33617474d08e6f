//! Work in the background that ends with whoever has started it.

use std::time::Duration;
use tokio::{task::JoinHandle, time::sleep};

/// A running task; aborted when dropped.
pub struct Task(JoinHandle<()>);

impl Task {
    /// Starts it.
    pub(crate) fn start(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }

    /// Does the same again and again, with a pause between two times.
    pub(crate) fn every<Work>(pause: Duration, work: impl Fn() -> Work + Send + 'static) -> Self
    where
        Work: Future<Output = ()> + Send,
    {
        Self::start(async move {
            loop {
                work().await;
                sleep(pause).await;
            }
        })
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    use tokio::time::timeout;

    #[tokio::test]
    async fn it_goes_on_until_it_is_dropped() {
        let times = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&times);
        let task = Task::every(Duration::from_millis(1), move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async {}
        });
        let several = async {
            while times.load(Ordering::SeqCst) < 3 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(10), several)
            .await
            .expect("it goes on");
        drop(task);
        // What it holds is let go of.
        let ended = async {
            while Arc::strong_count(&times) > 1 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(10), ended)
            .await
            .expect("it ends");
    }
}
