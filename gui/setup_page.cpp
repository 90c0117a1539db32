#include "gui/setup_page.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QJsonArray>
#include <QLineEdit>
#include <QSpinBox>
#include <QThread>
#include <QTreeWidget>

#include "suites/catalog.h"

namespace assay::gui {
namespace {

QStringList strings(const std::vector<std::string>& list) {
  QStringList out;
  for (const auto& entry : list) out << q(entry);
  return out;
}

Catalogue read_the_catalogue() {
  Catalogue out;
  out.subjects = strings(catalog_list("subjects"));
  out.schemes = strings(catalog_list("schemes"));
  out.suites = strings(catalog_list("suites"));
  return out;
}

QComboBox* choice(const char* name_key, const char* object_name) {
  auto* out = new QComboBox;
  out->setObjectName(QLatin1String(object_name));
  put_name(out, name_key);
  return out;
}

}  // namespace

SetupPage::SetupPage(Hub& the_hub)
    : Page(the_hub, "page_setup", "setup.title", "setup.lead"),
      subject_(choice("setup.subject", "setup_subject")),
      scheme_(choice("setup.scheme", "setup_scheme")),
      level_(choice("setup.level", "setup_level")),
      division_(choice("setup.division", "setup_division")),
      seed_(new QLineEdit),
      jobs_(new QSpinBox),
      tree_(new QTreeWidget),
      trials_(new Tile("setup.tile.trials")),
      time_(new Tile("setup.tile.time")),
      chance_(new Tile("setup.tile.chance_plain")),
      start_(button("setup.start", "setup_start", "primary")),
      check_(button("setup.check", "setup_check")),
      plan_problem_(value_label("muted")),
      checks_model_(new RowsModel({"setup.col.check", "setup.col.found"}, this)),
      checks_(table_of(checks_model_, "setup.checks_name", "setup_checks")) {
  tools->addWidget(start_);
  seed_->setObjectName(QStringLiteral("setup_seed"));
  put_text(seed_, "setup.seed_hint");
  put_name(seed_, "setup.seed");
  jobs_->setObjectName(QStringLiteral("setup_jobs"));
  jobs_->setRange(1, 256);
  jobs_->setValue(qEnvironmentVariableIsSet("ASSAY_GUI_STILL") ? 2 : std::max(1, QThread::idealThreadCount()));
  put_name(jobs_, "setup.jobs");

  auto* across = new QHBoxLayout;
  across->setSpacing(12);
  auto* left = new QVBoxLayout;
  left->setSpacing(12);
  auto* choose = new Card("setup.choose");
  auto* form = new QFormLayout;
  form->setLabelAlignment(Qt::AlignLeft);
  form->setRowWrapPolicy(QFormLayout::WrapAllRows);
  form->setVerticalSpacing(4);
  const std::pair<const char*, QWidget*> fields[] = {{"setup.subject", subject_}, {"setup.scheme", scheme_},
                                                     {"setup.level", level_},     {"setup.division", division_},
                                                     {"setup.seed", seed_},       {"setup.jobs", jobs_}};
  for (const auto& [key, widget] : fields) form->addRow(label(key, "small"), widget);
  choose->box->addLayout(form);
  choose->box->addStretch(1);
  choose->setFixedWidth(270);
  left->addWidget(choose, 1);
  across->addLayout(left);

  auto* middle = new QVBoxLayout;
  middle->setSpacing(12);
  auto* tiles = row({trials_, time_, chance_});
  tiles->setSpacing(12);
  middle->addLayout(tiles);
  auto* plan = new Card("setup.plan");
  tree_->setObjectName(QStringLiteral("setup_plan"));
  tree_->setColumnCount(5);
  tree_->setIndentation(14);
  tree_->setAlternatingRowColors(false);
  tree_->setSelectionMode(QAbstractItemView::SingleSelection);
  put_name(tree_, "setup.plan_name");
  plan->box->addWidget(plan_problem_);
  plan->box->addWidget(tree_, 1);
  middle->addWidget(plan, 3);
  auto* checks = new Card("setup.checks");
  checks->head->addWidget(check_);
  fit(checks_, 1);
  checks_->setMinimumHeight(140);
  tree_->setMinimumHeight(170);
  tree_->header()->setStretchLastSection(false);
  tree_->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
  tree_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
  jobs_->setButtonSymbols(QAbstractSpinBox::NoButtons);
  checks->box->addWidget(checks_);
  middle->addWidget(checks, 2);
  across->addLayout(middle, 1);
  body->addLayout(across, 1);

  const auto again = [this] {
    if (!filling_) ask_plan();
  };
  for (auto* box : {subject_, scheme_, level_, division_}) connect(box, &QComboBox::currentIndexChanged, this, again);
  connect(check_, &QPushButton::clicked, this, [this] { preflight(); });
  connect(start_, &QPushButton::clicked, this, [this] { start(); });
}

void SetupPage::enter(const QString& detail) {
  if (catalogue_.value == nullptr && !catalogue_.loading) read_catalogue();
  if (detail == QLatin1String("preflight") && catalogue_.value != nullptr) preflight();
  subject_->setFocus();
}

void SetupPage::read_catalogue() {
  catalogue_.loading = true;
  hub.worker.ask(
      this, [] { return read_the_catalogue(); },
      [this](Catalogue read) {
        catalogue_.loading = false;
        catalogue_.value = std::make_shared<const Catalogue>(std::move(read));
        filling_ = true;
        subject_->addItems(catalogue_.value->subjects);
        scheme_->addItems(catalogue_.value->schemes);
        subject_->setCurrentText(QStringLiteral("reference-arm"));
        scheme_->setCurrentText(QStringLiteral("embodied-demo"));
        filling_ = false;
        ask_plan();
        preflight();
      });
}

QStringList SetupPage::request() const {
  QStringList out{QStringLiteral("--scheme"), scheme_->currentText(), QStringLiteral("--subject"),
                  subject_->currentText()};
  if (level_->currentIndex() > 0) out << QStringLiteral("--level") << QString::number(level_->currentIndex());
  if (!seed_->text().trimmed().isEmpty())
    out << QStringLiteral("--seed") << seed_->text().trimmed();
  else
    out << QStringLiteral("--division") << QStringLiteral("self");
  return out;
}

void SetupPage::ask_plan() {
  plan_ = {};
  problem_.reset();
  lost_ = false;
  planned_in_ = lang();
  refresh();
  hub.call.ask(this, QStringList{QStringLiteral("plan")} + request(), [this, ticket = ++ticket_](const Answer& answer) {
    if (ticket != ticket_) return;
    if (answer.failed())
      problem_ = answer.problem();
    else
      plan_ = answer.json;
    lost_ = answer.exit_code < 0;
    hub.worker.ask(
        this,
        [name = plan_[QLatin1String("plan")].toObject()[QLatin1String("scheme")].toString()] {
          return scheme_titles(name);
        },
        [this, ticket](Scheme titles) {
          if (ticket != ticket_) return;
          scheme_titles_ = std::move(titles);
          refresh();
        });
  });
}

void SetupPage::preflight() {
  checked_in_ = lang();
  found_ = {{say("setup.check.program"), say("setup.check.running"), 0},
            {say("setup.check.load"), say("setup.check.running"), 0}};
  const bool runs = hub.follower.state() == RunState::running || hub.follower.state() == RunState::starting;
  found_.push_back({say("setup.check.free"),
                    runs ? say("setup.check.free_no", {hub.follower.run().session}) : say("setup.check.free_ok"),
                    runs ? 2 : 1});
  const int ticket = ++check_ticket_;
  fill_checks();
  hub.call.ask(this, {QStringLiteral("doctor")}, [this, ticket](const Answer& answer) {
    if (ticket != check_ticket_) return;
    const auto list = answer.json[QLatin1String("checks")].toArray();
    found_[0].state = answer.failed() ? 2 : 1;
    found_[0].found = answer.failed() ? answer.problem().what : hub.call.program();
    if (qEnvironmentVariableIsSet("ASSAY_GUI_STILL") && !answer.failed()) found_[0].found = QStringLiteral("assay");
    for (const auto& entry : list) {
      const auto o = entry.toObject();
      found_.push_back({check_word(o[QLatin1String("name")].toString()), o[QLatin1String("found")].toString(),
                        o[QLatin1String("ok")].toBool() ? 1 : 2});
    }
    fill_checks();
  });
  hub.call.ask(this, QStringList{QStringLiteral("run"), QStringLiteral("--dry-run")} + request(),
               [this, ticket](const Answer& answer) {
                 if (ticket != check_ticket_) return;
                 const auto plan = answer.json[QLatin1String("plan")].toObject();
                 found_[1].state = answer.failed() ? 2 : 1;
                 found_[1].found = answer.failed()
                                       ? answer.problem().what
                                       : say("setup.check.load_ok",
                                             {QString::number(plan[QLatin1String("indicators")].toArray().size()),
                                              QString::number(plan[QLatin1String("series")].toArray().size())});
                 fill_checks();
               });
}

void SetupPage::fill_checks() {
  std::vector<RowsModel::Row> rows;
  const Theme& t = theme();
  for (const auto& check : found_) {
    Cell name = plain(check.name);
    name.icon = check.state == 1 ? "check" : check.state == 2 ? "cross" : "clock";
    name.color = check.state == 1 ? t.pass : check.state == 2 ? t.fail : t.muted;
    rows.push_back({{name, plain(check.found)}, check.name});
  }
  checks_model_->set(std::move(rows));
}

void SetupPage::fill_plan() {
  tree_->setHeaderLabels({say("setup.col.indicator"), say("setup.col.task"), say("setup.col.limit"), say("setup.col.n"),
                          say("setup.col.chance")});
  tree_->clear();
  plan_problem_->setVisible(problem_.has_value() || plan_.isEmpty());
  tree_->setVisible(!problem_ && !plan_.isEmpty());
  start_->setEnabled(!problem_ && !plan_.isEmpty());
  if (problem_)
    plan_problem_->setText(problem_->what + QLatin1Char('\n') + problem_->detail);
  else if (plan_.isEmpty())
    plan_problem_->setText(say("setup.planning"));
  if (problem_ || plan_.isEmpty()) {
    for (auto* tile : {trials_, time_, chance_}) tile->set(QStringLiteral("–"), {});
    return;
  }
  const auto plan = plan_[QLatin1String("plan")].toObject();
  const auto planned = plan[QLatin1String("indicators")].toArray();
  const auto outlook = plan_[QLatin1String("indicators")].toArray();
  QHash<QString, QTreeWidgetItem*> groups;
  QHash<QString, std::array<double, 3>> series;  // the longest indicator of a series says how long it is
  for (qsizetype i = 0; i < planned.size(); ++i) {
    const auto p = planned[i].toObject(), o = outlook[i].toObject();
    const auto dimension = p[QLatin1String("dimension")].toString();
    auto*& group = groups[dimension];
    if (group == nullptr) {
      QString title = dimension;
      for (const auto& [id, words] : scheme_titles_.dimensions)
        if (q(id) == dimension) title = in_lang(words);
      group = new QTreeWidgetItem(tree_, {title});
      auto font = group->font(0);
      font.setBold(true);
      group->setFont(0, font);
      group->setFirstColumnSpanned(true);
    }
    const int level = p[QLatin1String("level")].toInt();
    QString title = p[QLatin1String("id")].toString();
    for (const auto& known : scheme_titles_.indicators)
      if (q(known.id) == title) title = in_lang(known.title);
    const double least = o[QLatin1String("trials_least")].toDouble(),
                 expected = o[QLatin1String("trials_expected")].toDouble(),
                 most = o[QLatin1String("trials_most")].toDouble();
    const bool measured = o[QLatin1String("measured")].toBool();
    const double limit = measured ? p[QLatin1String("limit")].toDouble()
                                  : p[QLatin1String("design")].toObject()[QLatin1String("p0")].toDouble();
    const QString sign =
        p[QLatin1String("bound")] == QLatin1String("at_most") ? QStringLiteral("≤ ") : QStringLiteral("≥ ");
    auto* item = new QTreeWidgetItem(
        group,
        {title, p[QLatin1String("task")].toString().section(QLatin1Char('/'), -1) + QStringLiteral(" · L%1").arg(level),
         sign + (measured ? number(limit) : percent(limit, 0)),
         QStringLiteral("%1 · %2 · %3").arg(least).arg(qRound(expected)).arg(most),
         measured ? QStringLiteral("–") : percent(o[QLatin1String("p_conform")].toDouble())});
    item->setToolTip(0, title + QStringLiteral(" · ") + p[QLatin1String("id")].toString());
    item->setToolTip(1, p[QLatin1String("task")].toString());
    auto& longest = series[p[QLatin1String("task")].toString() + QString::number(level)];
    longest = {std::max(longest[0], least), std::max(longest[1], expected), std::max(longest[2], most)};
  }
  for (const auto& entry : plan[QLatin1String("series")].toArray()) {  // a gate may ask for more
    const auto s = entry.toObject();
    auto& longest = series[s[QLatin1String("task")].toString() + QString::number(s[QLatin1String("level")].toInt())];
    longest[0] = std::max(longest[0], s[QLatin1String("least")].toDouble());
    longest[1] = std::max(longest[1], s[QLatin1String("least")].toDouble());
    longest[2] = std::max(longest[2], s[QLatin1String("cap")].toDouble());
  }
  tree_->expandAll();
  std::array<double, 3> sum{};
  for (const auto& one : std::as_const(series))
    for (std::size_t k = 0; k < 3; ++k) sum[k] += one[k];
  trials_->set(QStringLiteral("≈ %1").arg(qRound(sum[1])),
               say("setup.tile.trials_note", {QString::number(sum[0]), QString::number(sum[2])}));
  time_->set(QStringLiteral("≈ %1 h").arg(number(plan_[QLatin1String("robot_time_expected_h")].toDouble())),
             say("setup.tile.time_note", {number(plan_[QLatin1String("robot_time_most_h")].toDouble())}));
  const double p = plan_[QLatin1String("p_level")].toDouble(), most = plan_[QLatin1String("p_level_most")].toDouble();
  chance_->set(p == most ? percent(p) : QStringLiteral("%1 … %2").arg(percent(p), percent(most)),
               say("setup.tile.chance", {QString::number(plan_[QLatin1String("level")].toInt())}) +
                   QStringLiteral(" · ") + say("setup.tile.chance_note"));
}

void SetupPage::start() {
  if (auto started = hub.start_run(QStringList{QStringLiteral("run")} + request() +
                                   QStringList{QStringLiteral("--jobs"), QString::number(jobs_->value())});
      !started) {
    problem_ = problem_of(started.error());
    refresh();
    return;
  }
  hub.tell(say("setup.started"));
  hub.go(PageId::run);
}

void SetupPage::refresh() {
  if (catalogue_.value == nullptr) return show_loading("setup.reading");
  if (catalogue_.value->subjects.isEmpty())
    return show_empty("robot", "setup.none", "setup.none_text", "page.again", [this] {
      catalogue_ = {};
      read_catalogue();
      refresh();
    });
  filling_ = true;
  if (level_->count() == 0) {
    level_->addItem(QString());
    for (int i = 1; i <= 5; ++i) level_->addItem(QStringLiteral("L%1").arg(i));
    division_->addItem(QString());
  }
  level_->setItemText(0, say("setup.level.declared"));
  division_->setItemText(0, say("division.self"));
  division_->setToolTip(say("setup.lab_hint"));
  filling_ = false;
  if (problem_ && planned_in_ && *planned_in_ != lang()) return ask_plan();  // a problem is told in one language
  if (problem_ && lost_) return show_problem(*problem_, [this] { ask_plan(); });
  fill_plan();
  if (checked_in_ && *checked_in_ != lang()) preflight();
  show_full();
}

}  // namespace assay::gui
