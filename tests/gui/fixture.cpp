#include "tests/gui/fixture.h"

#include <unistd.h>

#include <QElapsedTimer>
#include <QTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/mcap.h"
#include "core/sha256.h"
#include "store/store.h"

namespace assay::gui::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

UtcTime at(std::int64_t s) { return UtcTime{(1'795'401'000 + s) * 1'000'000'000}; }

json recorded(const char* name) {
  std::ifstream in(data_folder().toStdString() + "/" + name);
  return json::parse(in);
}

/// A damped swing: something to see, the same everywhere.
Trace swing(std::int64_t trial) {
  Trace out;
  out.metadata["trial"] = std::to_string(trial);
  Stream truth{.topic = "/truth",
               .deterministic = true,
               .channels = {{"goods.x_m", "m", "world"},
                            {"goods.z_m", "m", "world"},
                            {"tcp.x_m", "m", "world"},
                            {"grip.force_n", "N", "tcp"},
                            {"goods.qw", "1", "world"}}};
  for (int i = 0; i <= 500; ++i) {
    const double t = 0.02 * i, w = std::exp(-0.2 * t);
    const double row[] = {0.4 + 0.3 * w * std::cos(2 * t), 0.1 + 0.2 * w * std::sin(3 * t) * std::sin(3 * t),
                          0.5 - 0.3 * w * std::sin(2 * t), i > 200 && i < 400 ? 30 + 4 * std::sin(9 * t) : 0.0, 1.0};
    truth.append(static_cast<std::int64_t>(i) * 20'000'000, row);
  }
  out.streams.push_back(std::move(truth));
  out.events = {{0, "begin", "", true},
                {4'000'000'000, "grasp", R"({"object":"goods"})", true},
                {8'000'000'000, "done", "", true}};
  return out;
}

void fill_session(Store& store, const json& data, std::int64_t start_s, int most, const char* state) {
  const auto row = store.lock_session(data["plan"].dump(), sha256_hex(data["plan"].dump()), "{}", at(start_s));
  if (!row) std::abort();
  std::int64_t second = start_s + 2;
  int done = 0;
  for (const auto& t : data["trials"]) {
    auto record = store.start_trial(row->number, t[0], t[1], t[2], at(second));
    if (!record) std::abort();
    if (++done > most) break;  // left open, as a kill leaves it
    second += 4;
    record->verdict.outcome = outcome_from(t[3].get<std::string>()).value_or(Outcome::error);
    record->verdict.reason = t[4];
    std::string staged;
    if (done <= 3 || record->verdict.outcome == Outcome::unsafe) {
      staged = store.staging_folder() + "/t.mcap";
      if (!write_mcap(staged, swing(record->number))) std::abort();
    }
    if (!store.finish_trial(row->number, *record, staged, at(second))) std::abort();
  }
  if (std::string(state) == "closed" &&
      !store.save_grade(row->number, std::string(64, '5'), data["report"].dump(), at(second)))
    std::abort();
  if (!store.close_session(row->number, state, at(second + 1))) std::abort();
}

}  // namespace

QString data_folder() { return QStringLiteral(ASSAY_SOURCE_DIR "/tests/gui/data"); }

std::string temporary_folder(const std::string& name) {
  const auto out = fs::temp_directory_path() / ("assay_gui_" + std::to_string(::getpid()) + "_" + name);
  fs::remove_all(out);
  return out.string();
}

void make_workspace(const std::string& folder) {
  auto store = Store::open(folder);
  if (!store) std::abort();
  auto reference = recorded("reference.json"), clumsy = recorded("clumsy.json");
  for (auto* data : {&reference, &clumsy})
    (*data)["plan"]["subject"] = data == &reference ? "reference-arm simulated" : "clumsy-arm simulated";
  fill_session(**store, reference, 0, 1000, "closed");
  fill_session(**store, clumsy, 900, 1000, "closed");
  fill_session(**store, clumsy, 1800, 12, "interrupted");
  (void)(*store)->audit("equipment", "Li", R"({"id":"FT-1","certificate":"K-12","due":"2099-01-31"})", at(2000));
  (void)(*store)->audit("equipment", "Li", R"({"id":"CAM-2","certificate":"K-9","due":"2020-01-31"})", at(2001));
  (void)(*store)->audit("competence", "Li", R"({"id":"Wang / logistics_assembly","due":"2099-06-30"})", at(2002));
  (void)(*store)->invalidate(65, "lab_power_cut", "Li", false, at(2003));
}

void make_large_workspace(const std::string& folder, int trials) {
  auto store = Store::open(folder);
  if (!store) std::abort();
  const auto plan = recorded("reference.json")["plan"].dump();
  const auto row = (*store)->lock_session(plan, sha256_hex(plan), "{}", at(0));
  if (!row) std::abort();
  for (int i = 0; i < trials; ++i) {
    auto record = (*store)->start_trial(row->number, "logistics_assembly/parcel_sorting", 1 + i % 3, i / 3, at(i));
    if (!record) std::abort();
    record->verdict.outcome = i % 11 == 0 ? Outcome::failure : Outcome::success;
    record->verdict.reason = i % 11 == 0 ? "time_limit" : "goal_reached";
    if (!(*store)->finish_trial(row->number, *record, "", at(i))) std::abort();
  }
}

void make_broken_workspace(const std::string& folder) {
  fs::create_directories(folder);
  std::ofstream(folder + "/assay.db") << "this is no database, but a text that is long enough to be looked at";
}

Scene::Scene(Situation situation) : folder_(temporary_folder("scene")), situation_(situation) {
  if (situation == Situation::full || situation == Situation::loading) make_workspace(folder_);
  if (situation == Situation::error) make_broken_workspace(folder_);
  QString program = QStringLiteral(ASSAY_SOURCE_DIR "/tests/gui/fake_assay.sh");
  qunsetenv("ASSAY_CATALOG");
  if (situation == Situation::error) program = QStringLiteral("/nowhere/assay");
  if (situation == Situation::empty) qputenv("ASSAY_CATALOG", QByteArray::fromStdString(folder_));
  if (situation == Situation::full) {
    // A run whose process is gone, as its event file tells it.
    const fs::path run = fs::path(folder_) / "run";
    fs::create_directories(run);
    fs::copy_file(data_folder().toStdString() + "/events.jsonl", run / "20261123-100000-000.events.jsonl");
    std::ofstream(run / "20261123-100000-000.json")
        << R"({"schema":"assay.run_note/1","pid":999999999,"started_as":"1","events":"20261123-100000-000.events.jsonl","arguments":[]})";
  }
  if (situation == Situation::error) {
    const fs::path run = fs::path(folder_) / "run";
    fs::create_directories(run);
    std::ofstream(run / "20261123-100000-000.log") << "error[ASSAY-0701]: cannot open the workspace";
    std::ofstream(run / "20261123-100000-000.json")
        << R"({"schema":"assay.run_note/1","pid":999999999,"started_as":"1","events":"none.jsonl","arguments":[]})";
  }
  hub_ = std::make_unique<Hub>(QString::fromStdString(folder_), program);
  window_ = std::make_unique<MainWindow>(*hub_);
  window_->resize(1280, 800);
  window_->show();
  if (situation == Situation::loading) return;  // nothing has been read yet: what a person sees at first
  hub_->reload();
  settle();
  if (situation == Situation::full) {
    hub_->open_session(QStringLiteral("S-20261123-0002"));
    settle();
  }
}

Scene::~Scene() {
  window_.reset();
  hub_.reset();
  qunsetenv("ASSAY_CATALOG");
  std::error_code none;
  fs::remove_all(folder_, none);
}

bool Scene::settle(int most_ms) {
  QElapsedTimer total;
  total.start();
  int quiet = 0;
  while (total.elapsed() < most_ms && quiet < 3) {
    hub_->worker.wait();
    QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    const bool busy = hub_->call.running() > 0 || hub_->space().loading || hub_->session().loading;
    quiet = busy ? 0 : quiet + 1;
    if (busy) QTest::qWait(5);
  }
  return quiet >= 3;
}

Page& Scene::open(PageId id) {
  window_->go(id);
  if (situation_ != Situation::loading) settle();
  QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
  return *window_->page(id);
}

}  // namespace assay::gui::test
