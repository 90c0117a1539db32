#include "gui/setup_page.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
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
      secret_(new QLineEdit),
      campaign_(new QLineEdit),
      subject_file_(icon_button("folder", "setup.subject_file", "setup_subject_file")),
      scheme_file_(icon_button("folder", "setup.scheme_file", "setup_scheme_file")),
      secret_file_(icon_button("folder", "setup.secret_file", "setup_secret_file")),
      lab_(new QWidget),
      seed_label_(label("setup.seed", "small")),
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
  const auto beside = [](QWidget* field, QPushButton* file) {
    auto* line = row({field, file});
    line->setSpacing(4);
    field->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    file->setProperty("kind", "flat");
    file->setFixedWidth(36);
    return line;
  };
  for (auto* box : {subject_, scheme_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(12);
  }
  form->addRow(label("setup.subject", "small"), beside(subject_, subject_file_));
  form->addRow(label("setup.scheme", "small"), beside(scheme_, scheme_file_));
  form->addRow(label("setup.level", "small"), level_);
  form->addRow(label("setup.division", "small"), division_);
  form->addRow(seed_label_, seed_);
  form->addRow(label("setup.jobs", "small"), jobs_);
  choose->box->addLayout(form);
  auto* lab = new QFormLayout(lab_);
  lab->setContentsMargins(0, 0, 0, 0);
  lab->setRowWrapPolicy(QFormLayout::WrapAllRows);
  lab->setVerticalSpacing(4);
  secret_->setObjectName(QStringLiteral("setup_secret"));
  put_name(secret_, "setup.secret");
  campaign_->setObjectName(QStringLiteral("setup_campaign"));
  put_name(campaign_, "setup.campaign");
  lab->addRow(label("setup.secret", "small"), beside(secret_, secret_file_));
  lab->addRow(label("setup.campaign", "small"), campaign_);
  choose->box->addWidget(lab_);
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
  for (auto* edit : {secret_, campaign_}) connect(edit, &QLineEdit::editingFinished, this, again);
  connect(subject_file_, &QPushButton::clicked, this, [this] { add_file(subject_, "setup.subject_file"); });
  connect(scheme_file_, &QPushButton::clicked, this, [this] { add_file(scheme_, "setup.scheme_file"); });
  connect(secret_file_, &QPushButton::clicked, this, [this] { choose_secret(); });
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

void SetupPage::add_file(QComboBox* box, const char* title_key, const QString& file) {
  const QString chosen =
      file.isEmpty() ? QFileDialog::getOpenFileName(this, say(title_key), hub.workspace(), say("setup.yaml")) : file;
  if (chosen.isEmpty()) return;
  int at = box->findData(chosen);
  if (at < 0) {
    box->addItem(QFileInfo(chosen).fileName(), chosen);
    at = box->count() - 1;
    box->setItemData(at, chosen, Qt::ToolTipRole);
  }
  box->setCurrentIndex(at);
}

void SetupPage::choose_secret() {
  const QString file = QFileDialog::getOpenFileName(this, say("setup.secret_file"));
  if (file.isEmpty()) return;
  secret_->setText(file);
  ask_plan();
}

QStringList SetupPage::request() const {
  const auto named = [](const QComboBox* box) {
    const auto file = box->currentData().toString();
    return file.isEmpty() ? box->currentText() : file;
  };
  QStringList out{QStringLiteral("--scheme"), named(scheme_), QStringLiteral("--subject"), named(subject_)};
  if (level_->currentIndex() > 0) out << QStringLiteral("--level") << QString::number(level_->currentIndex());
  if (division_->currentIndex() == 1)
    out << QStringLiteral("--division") << QStringLiteral("lab") << QStringLiteral("--secret-file")
        << secret_->text().trimmed() << QStringLiteral("--campaign") << campaign_->text().trimmed();
  else if (!seed_->text().trimmed().isEmpty())
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
  for (auto* one : {subject_file_, scheme_file_, secret_file_}) one->setIcon(icon("folder", theme().accent));
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
    division_->addItem(QString());
  }
  level_->setItemText(0, say("setup.level.declared"));
  division_->setItemText(0, say("division.self"));
  division_->setItemText(1, say("division.lab"));
  division_->setToolTip(say("setup.lab_hint"));
  const bool lab = division_->currentIndex() == 1;
  lab_->setVisible(lab);
  for (QWidget* one : std::initializer_list<QWidget*>{seed_, seed_label_}) one->setVisible(!lab);
  filling_ = false;
  if (problem_ && planned_in_ && *planned_in_ != lang()) return ask_plan();  // a problem is told in one language
  if (problem_ && lost_) return show_problem(*problem_, [this] { ask_plan(); });
  fill_plan();
  if (checked_in_ && *checked_in_ != lang())
    preflight();
  else
    fill_checks();  // in the colours of the theme
  show_full();
}

}  // namespace assay::gui
