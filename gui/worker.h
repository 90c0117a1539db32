// Work off the GUI thread: one thread reads, in the order asked; the answer comes back on the receiver's thread, and
// nowhere if the receiver is gone.
#pragma once

#include <QObject>
#include <QPointer>
#include <QThreadPool>
#include <memory>
#include <utility>

namespace assay::gui {

class Worker {
 public:
  Worker() { pool_.setMaxThreadCount(1); }
  ~Worker() { pool_.waitForDone(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// `work` runs on the worker's thread and must touch no widget; `done` takes its result on the receiver's.
  template <class Work, class Done>
  void ask(QObject* receiver, Work work, Done done) {
    const QPointer<QObject> guard(receiver);
    pool_.start([guard, work = std::move(work), done = std::move(done)]() mutable {
      // Shared, because a queued call has to be copyable and a result need not be.
      auto result = std::make_shared<decltype(work())>(work());
      if (guard == nullptr) return;
      QMetaObject::invokeMethod(
          guard, [result, done]() mutable { done(std::move(*result)); }, Qt::QueuedConnection);
    });
  }
  /// For tests: everything asked so far has run.
  void wait() { pool_.waitForDone(); }

 private:
  QThreadPool pool_;
};

}  // namespace assay::gui
