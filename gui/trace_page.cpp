#include "gui/trace_page.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QSlider>
#include <QUrl>

#include "core/mcap.h"
#include "reports/palette.h"

namespace assay::gui {
namespace {

constexpr std::size_t kMostTraceBytes = std::size_t{512} << 20;
constexpr int kSliderSteps = 10000, kTick_ms = 33;
constexpr double kSpeeds[] = {0.1, 0.25, 0.5, 1, 2, 5};

}  // namespace

TracePage::TracePage(Hub& the_hub)
    : Page(the_hub, "page_trace", "trace.title", "trace.lead"),
      model_(new TrialModel(this)),
      table_(table_of(model_, "trace.trials_name", "trace_trials")),
      search_(new QLineEdit),
      level_(new QComboBox),
      outcome_(new QComboBox),
      plot_(new TracePlot),
      slider_(new QSlider(Qt::Horizontal)),
      channels_(new QListWidget),
      events_(new RowsModel({"trace.col.time", "trace.col.event", "trace.col.detail"}, this)),
      heading_(value_label("card")),
      message_(value_label("muted")),
      time_(value_label("mono")),
      frame_(new QLabel),
      frame_text_(value_label("small")),
      badge_(new Badge),
      play_(button("trace.play", "trace_play", "primary")),
      replay_(button("trace.replay", "trace_replay")),
      folder_(button("trace.folder", "trace_folder")),
      bookmark_(button("trace.bookmark", "trace_bookmark")),
      speed_(new QComboBox) {
  tools->addWidget(replay_);
  tools->addWidget(folder_);
  auto* across = new QHBoxLayout;
  across->setSpacing(12);

  auto* list = new Card("trace.trials");
  list->setFixedWidth(292);
  search_->setObjectName(QStringLiteral("trace_search"));
  put_text(search_, "trace.search");
  list->box->addWidget(search_);
  for (auto* box : {level_, outcome_}) box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  level_->setObjectName(QStringLiteral("trace_level"));
  outcome_->setObjectName(QStringLiteral("trace_outcome"));
  put_name(level_, "trace.level");
  put_name(outcome_, "trace.outcome");
  list->box->addLayout(row({level_, outcome_}));
  list->box->addWidget(table_, 1);
  for (const int column : {2, 4, 5, 6, 7}) table_->setColumnHidden(column, true);
  fit(table_, 1);
  across->addWidget(list);

  auto* centre = new Card;
  centre->head->insertWidget(0, heading_, 1);
  centre->head->addWidget(badge_);
  heading_->setWordWrap(false);
  centre->box->addWidget(message_);
  centre->box->addWidget(plot_, 1);
  slider_->setObjectName(QStringLiteral("trace_slider"));
  slider_->setRange(0, kSliderSteps);
  put_name(slider_, "trace.slider_name");
  time_->setWordWrap(false);
  speed_->setObjectName(QStringLiteral("trace_speed"));
  for (const double s : kSpeeds) speed_->addItem(QStringLiteral("%1×").arg(s), s);
  speed_->setCurrentIndex(3);
  put_name(speed_, "trace.speed");
  auto* controls = row({play_, slider_, time_, speed_, bookmark_});
  controls->setStretch(1, 1);
  centre->box->addLayout(controls);
  across->addWidget(centre, 1);

  auto* side = new QVBoxLayout;
  side->setSpacing(12);
  auto* channels = new Card("trace.plot");
  channels->setFixedWidth(250);
  channels_->setObjectName(QStringLiteral("trace_channels"));
  put_name(channels_, "trace.channels_name");
  channels->box->addWidget(channels_, 1);
  side->addWidget(channels, 3);
  auto* happenings = new Card("trace.events");
  happenings->setFixedWidth(250);
  auto* events = table_of(events_, "trace.events_name", "trace_events");
  fit(events, 2);
  channels_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  happenings->box->addWidget(events);
  side->addWidget(happenings, 2);
  auto* pictures = new Card("trace.pictures");
  pictures->setFixedWidth(250);
  put_name(frame_, "trace.pictures_name");
  frame_->hide();
  pictures->box->addWidget(frame_);
  pictures->box->addWidget(frame_text_);
  side->addWidget(pictures);
  across->addLayout(side);
  body->addLayout(across, 1);

  build_keys();
  load_bookmarks();
  timer_.setInterval(kTick_ms);
  connect(&timer_, &QTimer::timeout, this, [this] {
    const double by = static_cast<double>(since_.restart()) * 1e-3 * speed_->currentData().toDouble();
    plot_->set_cursor(plot_->cursor_s() + by);
    if (plot_->cursor_s() >= plot_->length_s()) play();
  });
  connect(play_, &QPushButton::clicked, this, [this] { play(); });
  connect(bookmark_, &QPushButton::clicked, this, [this] { add_bookmark(); });
  connect(replay_, &QPushButton::clicked, this, [this] { ask_frames(); });
  connect(folder_, &QPushButton::clicked, this, [this] {
    QGuiApplication::clipboard()->setText(QFileInfo(trace_path_).absoluteFilePath());
    hub.tell(say("trace.folder_hint", {QFileInfo(trace_path_).absoluteFilePath()}));
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(trace_path_).absolutePath()));
  });
  connect(slider_, &QSlider::sliderMoved, this,
          [this](int at) { plot_->set_cursor(plot_->length_s() * at / kSliderSteps); });
  connect(plot_, &TracePlot::cursor_moved, this, [this](double t) {
    const QSignalBlocker quiet(slider_);
    slider_->setValue(static_cast<int>(kSliderSteps * t / std::max(1e-9, plot_->length_s())));
    time_->setText(say("trace.time", {QString::number(t, 'f', 2), QString::number(plot_->length_s(), 'f', 2)}));
    show_frame();
  });
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& now) {
    if (const auto* record = model_->trial(now.row()); record != nullptr && record->number != trial_)
      choose(record->number);
  });
  connect(channels_, &QListWidget::itemChanged, this, [this] {
    std::vector<ChannelPlace> chosen;
    for (int i = 0; i < channels_->count(); ++i) {
      const auto* item = channels_->item(i);
      if (item->checkState() == Qt::Checked)
        chosen.push_back({item->data(Qt::UserRole).toInt(), item->data(Qt::UserRole + 1).toInt()});
    }
    plot_->show_channels(std::move(chosen));
  });
  connect(events, &QTableView::activated, this,
          [this](const QModelIndex& index) { plot_->set_cursor(events_->id(index.row()).toDouble()); });
  connect(search_, &QLineEdit::textChanged, this, [this] { apply_filter(); });
  for (auto* box : {level_, outcome_}) connect(box, &QComboBox::activated, this, [this] { apply_filter(); });
}

QAction* TracePage::key(const char* name, const char* text_key, const char* keys, QWidget* where,
                        std::function<void()> act) {
  auto* out = new QAction(this);
  out->setObjectName(QLatin1String(name));
  out->setShortcut(QKeySequence(QLatin1String(keys)));
  // Space and arrows belong to the list or field that has the focus, letters to this page alone.
  out->setShortcutContext(where == this ? Qt::WidgetWithChildrenShortcut : Qt::WidgetShortcut);
  put_text(out, text_key);
  connect(out, &QAction::triggered, this, [act = std::move(act)] { act(); });
  where->addAction(out);
  actions_.push_back(out);
  return out;
}

void TracePage::build_keys() {
  key("act_play", "act.play", "Space", plot_, [this] { play(); });
  key("act_back", "act.back", "Left", plot_, [this] { step_cursor(-0.01); });
  key("act_forward", "act.forward", "Right", plot_, [this] { step_cursor(0.01); });
  key("act_back_fine", "act.back_fine", "Alt+Left", plot_, [this] { step_cursor(-0.001); });
  key("act_forward_fine", "act.forward_fine", "Alt+Right", plot_, [this] { step_cursor(0.001); });
  key("act_back_coarse", "act.back_coarse", "Shift+Left", plot_, [this] { step_cursor(-0.1); });
  key("act_forward_coarse", "act.forward_coarse", "Shift+Right", plot_, [this] { step_cursor(0.1); });
  key("act_bookmark", "act.bookmark", "B", this, [this] { add_bookmark(); });
  key("act_failure", "act.failure", "G", this, [this] { next_failure(); });
  key("act_next", "act.next", "J", this, [this] { step_trial(1); });
  key("act_previous", "act.previous", "K", this, [this] { step_trial(-1); });
}

void TracePage::enter(const QString& detail) {
  if (!detail.isEmpty()) {
    wanted_ = detail.toLongLong();
    search_->clear();
    level_->setCurrentIndex(0);
    outcome_->setCurrentIndex(0);
    apply_filter();
    if (session_ != nullptr) choose(wanted_);
  }
  plot_->setFocus();
}

void TracePage::apply_filter() {
  TrialFilter filter;
  filter.text = search_->text();
  filter.level = std::max(0, level_->currentIndex());
  const int which = outcome_->currentIndex();
  if (which == 1) filter.outcome = -2;
  if (which >= 2 && which < 8) filter.outcome = which - 2;
  filter.invalid_only = which == 8;
  model_->filter(filter);
  if (const int at = model_->row_of(trial_); at >= 0) table_->selectRow(at);
}

void TracePage::step_trial(int by) {
  const int next = std::clamp(table_->currentIndex().row() + by, 0, std::max(0, model_->rowCount() - 1));
  table_->selectRow(next);
}

void TracePage::next_failure() {
  const int rows = model_->rowCount();
  for (int k = 1; k <= rows; ++k) {
    const int at = (std::max(0, table_->currentIndex().row()) + k) % rows;
    const auto* record = model_->trial(at);
    if (record->finished && record->verdict.outcome == Outcome::success) continue;
    table_->selectRow(at);
    return;
  }
}

void TracePage::choose(std::int64_t number) {
  trial_ = number;
  keys_on_plot_ = keys_on_plot_ || plot_->hasFocus();  // it is hidden while the next trace is read
  frames_.clear();
  frame_state_.clear();
  trace_.reset();
  trace_path_.clear();
  problem_.reset();
  plot_->set(nullptr);
  const int at = model_->row_of(number);
  if (at >= 0 && table_->currentIndex().row() != at) table_->selectRow(at);
  if (const auto* record = model_->trial(at)) read_trace(*record);
  fill_channels();
  fill_events();
  fill_words();
}

void TracePage::read_trace(const TrialRecord& record) {
  const int ticket = ++ticket_;
  loading_ = false;
  if (record.trace_path.empty()) return;
  trace_path_ = q(record.trace_path);
  loading_ = true;
  hub.worker.ask(
      this, [path = record.trace_path] { return read_mcap(path, kMostTraceBytes); },
      [this, ticket](Result<Trace> read) {
        if (ticket != ticket_) return;
        loading_ = false;
        if (read)
          show_trace(std::make_shared<const Trace>(std::move(*read)));
        else
          problem_ = problem_of(read.error());
        fill_words();
        if (std::exchange(keys_on_plot_, false)) plot_->setFocus();
      });
}

void TracePage::show_trace(std::shared_ptr<const Trace> trace) {
  trace_ = std::move(trace);
  plot_->set(trace_);
  fill_channels();
  fill_events();
  plot_->set_bookmarks(bookmarks_[trial_]);
  plot_->set_cursor(0);
}

void TracePage::fill_channels() {
  QStringList kept;
  for (int i = 0; i < channels_->count(); ++i)
    if (channels_->item(i)->checkState() == Qt::Checked) kept << channels_->item(i)->text();
  if (trace_ == nullptr) return;  // what was ticked stays ticked for the next trial
  std::vector<ChannelPlace> chosen;
  const QSignalBlocker quiet(channels_);
  channels_->clear();
  int by_default = 0;
  for (int s = 0; s < static_cast<int>(trace_->streams.size()); ++s) {
    const auto& stream = trace_->streams[static_cast<std::size_t>(s)];
    for (int c = 0; c < static_cast<int>(stream.channels.size()); ++c) {
      const auto& channel = stream.channels[static_cast<std::size_t>(c)];
      auto* item = new QListWidgetItem(q(channel.name), channels_);
      item->setData(Qt::UserRole, s);
      item->setData(Qt::UserRole + 1, c);
      item->setToolTip(q(stream.topic) + QStringLiteral(" · ") + q(channel.unit) + QStringLiteral(" · ") +
                       q(channel.frame) + QStringLiteral(" · ") + in_lang(reports::word_of(channel.vantage)));
      bool on = kept.contains(item->text());
      // The first time: what moves first in the truth.
      if (kept.isEmpty() && stream.topic == "/truth" && by_default < 4 && stream.rows() > 1) {
        double low = stream.row(0)[static_cast<std::size_t>(c)], high = low;
        for (std::size_t i = 0; i < stream.rows(); ++i) {
          low = std::min(low, stream.row(i)[static_cast<std::size_t>(c)]);
          high = std::max(high, stream.row(i)[static_cast<std::size_t>(c)]);
        }
        on = high - low > 0.02 && channel.unit != "1";
        by_default += on ? 1 : 0;
      }
      item->setCheckState(on ? Qt::Checked : Qt::Unchecked);
      if (on) chosen.push_back({s, c});
    }
  }
  plot_->show_channels(std::move(chosen));
}

void TracePage::fill_events() {
  std::vector<RowsModel::Row> rows;
  if (trace_ != nullptr) {
    for (const auto& e : trace_->events) {
      const double t = static_cast<double>(e.t_ns) * 1e-9;
      rows.push_back(
          {{right(QString::number(t, 'f', 3)), plain(q(e.code)), plain(q(e.detail))}, QString::number(t, 'g', 17)});
    }
  }
  events_->set(std::move(rows));
}

void TracePage::fill_words() {
  const auto* record = model_->trial(model_->row_of(trial_));
  badge_->setVisible(record != nullptr);
  heading_->setText({});
  if (record != nullptr) {
    heading_->setText(
        say("trace.heading", {QString::number(record->number), q(record->task.substr(record->task.find('/') + 1)),
                              QString::number(record->level), QString::number(record->index)}));
    const Cell cell = outcome_cell(*record);
    QString words = cell.text;
    if (record->finished && record->verdict.outcome != Outcome::success)
      words += QStringLiteral(" · ") + in_lang(reports::words_of_reason(record->verdict.reason));
    badge_->set(words, {cell.color, look(record->verdict.outcome).tint, cell.icon});
  }
  message_->setVisible(trace_ == nullptr);
  plot_->setVisible(trace_ != nullptr);
  if (loading_)
    message_->setText(say("trace.reading"));
  else if (problem_)
    message_->setText(problem_->what + QLatin1Char('\n') + problem_->detail);
  else if (trace_ == nullptr)
    message_->setText(say("trace.no_file"));
  for (auto* one : {play_, bookmark_, replay_, folder_}) one->setEnabled(trace_ != nullptr);
  slider_->setEnabled(trace_ != nullptr);
  put_text(play_, timer_.isActive() ? "trace.hold" : "trace.play");
  frame_text_->setText(!frame_state_.isEmpty() ? frame_state_ : say("trace.pictures_hint"));
  time_->setText(
      say("trace.time", {QString::number(plot_->cursor_s(), 'f', 2), QString::number(plot_->length_s(), 'f', 2)}));
}

void TracePage::refresh() {
  const auto& loaded = hub.session();
  if (loaded.problem || loaded.loading || loaded.value == nullptr || loaded.value->trials.empty()) {
    if (hub.space().problem) return show_problem(*hub.space().problem, [this] { hub.reload(); });
    if (hub.space().loading) return show_loading("page.reading");
    if (loaded.problem || loaded.loading) {
      usable(loaded);
      return;
    }
    return show_empty("trace", "trace.none", "trace.none_text", "home.title", [this] { hub.go(PageId::home); });
  }
  if (session_ != loaded.value) {
    const bool same = session_ != nullptr && session_->line.id == loaded.value->line.id;
    session_ = loaded.value;
    model_->set(session_);
    if (!same) trial_ = 0;
    if (same && trial_ != 0) {
      table_->selectRow(model_->row_of(trial_));
    } else {
      choose(wanted_ != 0 && model_->row_of(wanted_) >= 0 ? wanted_ : session_->trials.front().number);
    }
    wanted_ = 0;
  }
  if (level_->count() == 0) {
    for (int i = 0; i <= 5; ++i) level_->addItem(i == 0 ? QString() : QStringLiteral("L%1").arg(i));
    for (int i = 0; i < 9; ++i) outcome_->addItem(QString());
  }
  level_->setItemText(0, say("trace.level_all"));
  outcome_->setItemText(0, say("trace.outcome_all"));
  outcome_->setItemText(1, say("trace.outcome_bad"));
  for (int i = 0; i < 6; ++i) outcome_->setItemText(i + 2, in_lang(reports::look_of(static_cast<Outcome>(i)).word));
  outcome_->setItemText(8, say("trace.outcome_void"));
  plot_->update();
  fill_words();
  show_full();
}

}  // namespace assay::gui
