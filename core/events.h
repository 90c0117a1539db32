// What a run tells while it runs. The console, the event file, the store's audit and the dashboard
// listen; the harness knows only this interface.
#pragma once

#include <string>
#include <vector>

#include "core/time.h"

namespace assay {

struct RunEvent {
  UtcTime time;
  std::string type;  ///< run_started, trial_started, trial_finished, series_stopped, indicator_decided, worker_lost,
                     ///< run_paused, run_continued, run_interrupted, run_finished, progress
  std::string json;  ///< one JSON object; always holds "schema":"assay.event/1", "type", "time", "session"
};

class RunListener {
 public:
  virtual ~RunListener() = default;
  /// Called on the coordinator's thread, once per event, in the order in which they happened. Must not
  /// block; must not throw.
  virtual void on_event(const RunEvent& event) = 0;
};

/// Calls each listener in turn. Does not own them.
class RunListeners final : public RunListener {
 public:
  void add(RunListener* listener) { listeners_.push_back(listener); }
  void on_event(const RunEvent& event) override {
    for (auto* listener : listeners_) listener->on_event(event);
  }

 private:
  std::vector<RunListener*> listeners_;
};

}  // namespace assay
