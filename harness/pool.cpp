#include "harness/pool.h"

#include <fmt/format.h>
#include <poll.h>

#include <cmath>
#include <csignal>
#include <cstring>

#include "harness/processor.h"

namespace assay::harness {
namespace {

constexpr double kLastBreath_s = 1, kLeave_s = 5;

double seconds_since(SteadyTime start) { return static_cast<double>(steady_now().ns - start.ns) * 1e-9; }

Loss loss_of(const ExitState& end, bool stalled, bool starved, Phase phase) {
  if (starved) return {Loss::How::killed, phase, "no sign of life, and no processor for it"};
  if (stalled) return {Loss::How::stalled, phase, "no sign of life within its deadline"};
  if (end.by_signal)
    return {end.code == SIGKILL || end.code == SIGTERM || end.code == SIGALRM ? Loss::How::killed : Loss::How::crashed,
            phase, fmt::format("signal {} ({})", end.code, strsignal(end.code))};
  return {Loss::How::crashed, phase, fmt::format("exit code {}", end.code)};
}

}  // namespace

WorkerPool::WorkerPool(Options options)
    : options_(std::move(options)), slots_(static_cast<std::size_t>(std::max(1, options_.size))) {}

void WorkerPool::enter(Slot& slot, State state) {
  slot.state = state;
  slot.since = slot.last_beat = steady_now();
}

Result<void> WorkerPool::fill() {
  for (auto& slot : slots_) {
    if (slot.state != State::off) continue;
    ASSAY_TRY(slot.process, WorkerProcess::spawn(options_.program, options_.stderr_path));
    slot.beats = 0;
    slot.stalled = slot.starved = false;
    enter(slot, State::loading);
    slot.process->send(options_.load_line);  // a worker that died already is found by wait()
  }
  return {};
}

std::vector<int> WorkerPool::idle() const {
  std::vector<int> out;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].state == State::idle) out.push_back(static_cast<int>(i));
  return out;
}

int WorkerPool::busy() const {
  int count = 0;
  for (const auto& slot : slots_) count += slot.state == State::busy ? 1 : 0;
  return count;
}

bool WorkerPool::assign(int worker, const nlohmann::json& request, double wall_limit_s) {
  slot(worker).wall_limit_s = wall_limit_s;
  enter(slot(worker), State::busy);
  return slot(worker).process->send(line_of(request));
}

std::vector<WorkerEvent> WorkerPool::wait(double timeout_s) {
  std::vector<pollfd> polled;
  std::vector<int> owners;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].process) continue;
    polled.push_back({slots_[i].process->fd(), POLLIN, 0});
    owners.push_back(static_cast<int>(i));
  }
  poll(polled.data(), polled.size(), static_cast<int>(std::lround(timeout_s * 1e3)));
  std::vector<WorkerEvent> out;
  for (const int worker : owners) {
    watch(slot(worker));
    read(worker, out);
  }
  return out;
}

/// Kills a worker that gave no sign of life for too long, or whose trial takes too long.
void WorkerPool::watch(Slot& slot) {
  if (slot.state == State::off || slot.state == State::idle) return;
  const std::uint64_t beats = slot.process->page().beats.load(std::memory_order_relaxed);
  if (beats != slot.beats) {
    slot.beats = beats;
    slot.last_beat = steady_now();
    slot.unserved_s.reset();
  }
  const double limit_s = slot.state == State::loading   ? options_.load_limit_s
                         : slot.state == State::leaving ? kLeave_s
                                                        : slot.wall_limit_s;
  const double silent_s = slot.state == State::busy ? seconds_since(slot.last_beat) : 0;
  if (silent_s > options_.stale_s / 2 && !slot.unserved_s) slot.unserved_s = unserved_s(slot.process->pid());
  const bool stale = silent_s > options_.stale_s;
  if (!stale && seconds_since(slot.since) <= limit_s) return;
  // Ready to run for most of the time, and no processor was free: the laboratory's fault.
  slot.starved = stale && unserved_s(slot.process->pid()) - slot.unserved_s.value_or(0) > options_.stale_s / 4;
  slot.stalled = true;
  slot.process->kill();
}

void WorkerPool::read(int worker, std::vector<WorkerEvent>& out) {
  Slot& s = slot(worker);
  const bool ended = s.process->ended().has_value();  // before reading, so that no last words are lost
  bool closed = false;
  for (const auto& line : s.process->lines(closed)) message(worker, line, out);
  if (ended || closed) bury(worker, out);
}

void WorkerPool::message(int worker, const std::string& line, std::vector<WorkerEvent>& out) {
  using Kind = WorkerEvent::Kind;
  WorkerEvent event;
  event.worker = worker;
  event.pid = slot(worker).process->pid();
  event.message = nlohmann::json::parse(line, nullptr, false);
  const std::string type = event.message.is_object() ? event.message.value("type", "") : "";
  if (type == "loaded") {
    event.kind = Kind::loaded;
    enter(slot(worker), State::idle);
  } else if (type == "card") {
    event.kind = Kind::card;
    enter(slot(worker), State::idle);
  } else if (type == "begun") {
    event.kind = Kind::begun;
  } else if (type == "done") {
    event.kind = Kind::done;
    enter(slot(worker), event.message.value("replace", false) ? State::leaving : State::idle);
  } else if (type == "failed") {
    event.kind = Kind::failed;
    event.error = error_from(event.message.at("error"));
    enter(slot(worker), State::idle);
  } else {
    slot(worker).process->kill();  // not our protocol: its end is reported as a loss
    return;
  }
  out.push_back(std::move(event));
}

void WorkerPool::bury(int worker, std::vector<WorkerEvent>& out) {
  Slot& s = slot(worker);
  const Phase phase = s.process->page().phase.load(std::memory_order_relaxed);
  // End of file comes a moment before the end of the process; one that lives on closed its end itself.
  const SteadyTime start = steady_now();
  while (!s.process->ended() && seconds_since(start) < kLastBreath_s) poll(nullptr, 0, 5);
  const bool deaf = !s.process->ended().has_value();
  s.process->kill();
  ExitState end = s.process->reap();
  if (deaf) end = {false, 0};
  if (s.state != State::leaving) {
    WorkerEvent event;
    event.worker = worker;
    event.pid = s.process->pid();
    event.loss = loss_of(end, s.stalled, s.starved, phase);
    event.while_busy = s.state == State::busy;
    out.push_back(std::move(event));
  }
  s.process.reset();
  s.state = State::off;
}

void WorkerPool::abort_trials() {
  for (auto& slot : slots_)
    if (slot.process) slot.process->page().abort.store(1, std::memory_order_relaxed);
}

void WorkerPool::kill_all() {
  for (auto& slot : slots_) {
    slot.process.reset();
    slot.state = State::off;
  }
}

}  // namespace assay::harness
