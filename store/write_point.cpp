#include <signal.h>

#include <cstdlib>
#include <mutex>
#include <string>

#include "store/store.h"

namespace assay {

namespace {

/// ASSAY_KILL_AT=<point>[:n], read at each pass because tests set it in forked children.
struct KillOrder {
  std::string point;
  long left = 0;
};

struct State {
  std::mutex mutex;
  std::function<void(const char*)> hook;
  std::string order_text;
  KillOrder order;
};

State& state() {
  static State instance;
  return instance;
}

KillOrder parse(const std::string& text) {
  const auto colon = text.find(':');
  KillOrder order{text.substr(0, colon), 1};
  if (colon != std::string::npos) order.left = std::strtol(text.c_str() + colon + 1, nullptr, 10);
  return order;
}

}  // namespace

void set_write_point_hook(std::function<void(const char*)> hook) {
  const std::lock_guard lock(state().mutex);
  state().hook = std::move(hook);
}

void write_point(const char* name) {
  std::function<void(const char*)> hook;
  {
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    hook = s.hook;
    const char* value = std::getenv("ASSAY_KILL_AT");
    const std::string text = value ? value : "";
    if (text != s.order_text) {
      s.order_text = text;
      s.order = parse(text);
    }
    if (!text.empty() && s.order.point == name && --s.order.left == 0) ::raise(SIGKILL);
  }
  if (hook) hook(name);
}

}  // namespace assay
