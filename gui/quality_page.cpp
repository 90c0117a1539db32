#include "gui/quality_page.h"

#include <QDate>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QJsonDocument>
#include <QTabWidget>
#include <map>

#include "reports/palette.h"

namespace assay::gui {
namespace {

constexpr std::size_t kMostRows = 5000;

QJsonObject object_of(const std::string& json) {
  return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

QWidget* sheet(QLabel* text, QTableView* table, QPushButton* button = nullptr) {
  auto* out = new QWidget;
  auto* column = new QVBoxLayout(out);
  column->setContentsMargins(0, 10, 0, 0);
  auto* line = new QHBoxLayout;
  line->addWidget(text, 1);
  if (button != nullptr) line->addWidget(button);
  column->addLayout(line);
  column->addWidget(table, 1);
  return out;
}

/// Lines of signed envelopes, shown as they stand: whether they hold is asked when a bundle is verified.
Result<std::vector<QJsonObject>> records_of(const QString& name) {
  QFile file(name);
  std::vector<QJsonObject> out;
  const bool open = file.open(QIODevice::ReadOnly);
  while (open && !file.atEnd()) {
    const auto envelope = QJsonDocument::fromJson(file.readLine()).object();
    const auto payload = QByteArray::fromBase64(envelope[QLatin1String("payload")].toString().toLatin1());
    const auto predicate = QJsonDocument::fromJson(payload).object()[QLatin1String("predicate")].toObject();
    if (predicate.isEmpty()) break;
    out.push_back(predicate);
  }
  if (out.empty() || !file.atEnd())
    return Error{.id = 745,
                 .what = {"the file is no register of states", "该文件不是状态登记册"},
                 .place = {name.toStdString(), static_cast<int>(out.size()) + 1},
                 .help = {"choose the file that assay state keeps", "请选择由 assay state 维护的文件"}};
  return out;
}

QString details_of(const QJsonObject& o, const QStringList& without) {
  QStringList out;
  for (auto it = o.begin(); it != o.end(); ++it)
    if (!without.contains(it.key())) out << it.key() + QStringLiteral("=") + it.value().toVariant().toString();
  return out.join(QStringLiteral(", "));
}

}  // namespace

QualityPage::QualityPage(Hub& the_hub)
    : Page(the_hub, "page_quality", "quality.title", "quality.lead"),
      tabs_(new QTabWidget),
      entered_(new RowsModel({"quality.col.kind", "quality.col.id", "quality.col.due", "quality.col.details",
                              "quality.col.by", "quality.col.time"},
                             this)),
      voids_(new RowsModel({"quality.col.trial", "quality.col.session", "trial.task", "quality.col.reason",
                            "quality.col.counted", "quality.col.by"},
                           this)),
      states_(new RowsModel({"quality.col.number", "quality.col.state", "quality.col.bundle", "quality.col.reason",
                             "quality.col.person", "quality.col.time"},
                            this)),
      audit_(new RowsModel({"quality.col.number", "quality.col.time", "quality.col.kind", "quality.col.person",
                            "quality.col.details", "quality.col.hash"},
                           this)),
      entered_text_(value_label("small")),
      voids_text_(value_label("small")),
      states_text_(value_label("small")),
      audit_text_(value_label("small")),
      chain_text_(value_label("mono")),
      today_text_(value_label("muted")),
      chain_(new Badge),
      today_(new Badge),
      verify_(button("quality.verify", "quality_verify")),
      open_register_(button("quality.register_open", "quality_register")) {
  auto* today = new Card("quality.today");
  today->head->addWidget(today_);
  today->box->addWidget(today_text_);
  auto* chain = new Card("quality.chain");
  chain->head->addWidget(chain_);
  auto* line = new QHBoxLayout;
  line->addWidget(chain_text_, 1);
  line->addWidget(verify_);
  chain->box->addLayout(line);
  auto* top = row({today, chain});
  top->setSpacing(12);
  top->setStretch(0, 1);
  top->setStretch(1, 1);
  body->addLayout(top);

  tabs_->setObjectName(QStringLiteral("quality_tabs"));
  auto* entered = table_of(entered_, "quality.entered_name", "quality_entered");
  auto* voids = table_of(voids_, "quality.voids_name", "quality_voids");
  auto* states = table_of(states_, "quality.states_name", "quality_states");
  auto* audit = table_of(audit_, "quality.audit_name", "quality_audit");
  fit(entered, 3);
  fit(voids, 2);
  fit(states, 3);
  fit(audit, 4);
  tabs_->addTab(sheet(entered_text_, entered), QString());
  tabs_->addTab(sheet(voids_text_, voids), QString());
  tabs_->addTab(sheet(states_text_, states, open_register_), QString());
  tabs_->addTab(sheet(audit_text_, audit), QString());
  auto* lists = new Card;
  delete lists->layout()->takeAt(0);
  lists->box->addWidget(tabs_, 1);
  body->addWidget(lists, 1);
  connect(verify_, &QPushButton::clicked, this, [this] {
    chain_state_ = 1;
    fill_chain();
    hub.worker.ask(
        this, [folder = hub.folder()] { return verify_chain(folder); },
        [this](Result<void> checked) {
          chain_state_ = checked ? 2 : 3;
          chain_problem_.reset();
          if (!checked) chain_problem_ = problem_of(checked.error());
          fill_chain();
        });
  });
  connect(open_register_, &QPushButton::clicked, this, [this] {
    const QString file = QFileDialog::getOpenFileName(this, say("quality.register_title"), hub.workspace());
    if (!file.isEmpty()) read_register(file);
  });
}

void QualityPage::enter(const QString&) {
  const QString usual = hub.workspace() + QStringLiteral("/register.jsonl");
  if (register_file_.isEmpty() && QFileInfo::exists(usual)) read_register(usual);
}

void QualityPage::read_register(const QString& file) {
  hub.worker.ask(
      this, [file] { return records_of(file); },
      [this, file](Result<std::vector<QJsonObject>> read) {
        register_file_ = file;
        register_problem_.reset();
        if (read)
          register_ = std::move(*read);
        else
          register_problem_ = problem_of(read.error());
        fill();
      });
}

void QualityPage::read() {
  read_for_ = hub.space().value;
  records_.loading = records_.value == nullptr;
  hub.worker.ask(
      this, [folder = hub.folder()] { return read_quality(folder); },
      [this](Result<QualityRecords> found) {
        records_.loading = false;
        records_.problem.reset();
        if (found)
          records_.value = std::make_shared<const QualityRecords>(std::move(*found));
        else
          records_.problem = problem_of(found.error());
        refresh();
      });
}

void QualityPage::fill_entered() {
  // Of each piece the newest entry counts.
  std::map<std::pair<std::string, QString>, const AuditRow*> newest;
  for (const auto& row : records_.value->audit)
    if (row.kind == "equipment" || row.kind == "competence")
      newest[{row.kind, object_of(row.detail_json)[QLatin1String("id")].toString()}] = &row;
  std::vector<RowsModel::Row> rows;
  QStringList late;
  const QDate day = QDateTime::currentDateTimeUtc().date();
  for (const auto& [key, row] : newest) {
    const auto o = object_of(row->detail_json);
    const auto due_text = o[QLatin1String("due")].toString();
    const QDate due = QDate::fromString(due_text, Qt::ISODate);
    Cell until = plain(due_text.isEmpty() ? QStringLiteral("–") : due_text);
    if (due.isValid()) {
      const bool over = due < day;
      until.icon = over ? "cross" : "check";
      until.color = over ? theme().fail : theme().pass;
      if (over) late << key.second;
    }
    rows.push_back({{plain(say(key.first == "equipment" ? "quality.kind.equipment" : "quality.kind.competence")),
                     plain(key.second), until, plain(details_of(o, {QStringLiteral("id"), QStringLiteral("due")})),
                     plain(q(row->person)), plain(local_time(row->time))},
                    key.second});
  }
  const Theme& t = theme();
  if (rows.empty())
    today_->set(say("quality.nothing"), {t.none, t.none_tint, "bar"});
  else if (late.isEmpty())
    today_->set(say("quality.clear"), {t.pass, t.pass_tint, "check"});
  else
    today_->set(say("quality.overdue", {QString::number(late.size())}), {t.fail, t.fail_tint, "cross"});
  today_text_->setText(!late.isEmpty() ? say("quality.overdue_text", {late.join(QStringLiteral(", "))})
                       : rows.empty()  ? say("quality.nothing_entered")
                                       : say("quality.clear_text", {QString::number(rows.size())}));
  entered_->set(std::move(rows));
  entered_text_->setText(say("quality.entered_hint"));
}

void QualityPage::fill_chain() {
  const Theme& t = theme();
  constexpr const char* kWords[] = {"quality.chain.unchecked", "quality.chain.checking", "quality.chain.holds",
                                    "quality.chain.broken"};
  const StateLook looks[] = {{t.none, t.none_tint, "bar"},
                             {t.accent, t.accent_tint, "clock"},
                             {t.pass, t.pass_tint, "check"},
                             {t.fail, t.fail_tint, "cross"}};
  chain_->set(say(kWords[chain_state_]), looks[chain_state_]);
  verify_->setEnabled(chain_state_ != 1);
  const auto& audit = records_.value->audit;
  chain_text_->setText(
      chain_problem_
          ? chain_problem_->what + QLatin1Char('\n') + chain_problem_->detail
          : say("quality.chain_text",
                {QString::number(audit.size()),
                 audit.empty() ? QStringLiteral("–") : q(audit.back().hash.substr(0, 20)) + QStringLiteral("…")}));
}

void QualityPage::fill() {
  const auto& records = *records_.value;
  fill_entered();
  fill_chain();
  std::vector<RowsModel::Row> rows;
  for (const auto& [session, trial] : records.invalid)
    rows.push_back({{right(QString::number(trial.number)), plain(session),
                     plain(q(trial.task) + QStringLiteral(" · L%1").arg(trial.level)), plain(q(trial.invalid_reason)),
                     plain(say(trial.invalid_before_reveal ? "quality.counted.replaced" : "quality.counted.failure")),
                     plain(q(trial.invalid_by))},
                    QString::number(trial.number)});
  voids_text_->setText(say("quality.voids_hint", {QString::number(rows.size())}));
  voids_->set(std::move(rows));
  rows.clear();
  for (const auto& r : register_)
    rows.push_back(
        {{right(r[QLatin1String("number")].toVariant().toString()), plain(r[QLatin1String("kind")].toString()),
          plain(r[QLatin1String("certificate")].toString()), plain(r[QLatin1String("reason")].toString()),
          plain(r[QLatin1String("signer")].toObject()[QLatin1String("person")].toString()),
          plain(r[QLatin1String("time")].toString())},
         r[QLatin1String("number")].toVariant().toString()});
  states_text_->setText(
      register_problem_ ? register_problem_->what + QLatin1Char('\n') + register_problem_->detail
      : register_file_.isEmpty()
          ? say("quality.states_hint")
          : say("quality.register_shown", {QFileInfo(register_file_).fileName(), QString::number(rows.size())}));
  states_->set(std::move(rows));
  rows.clear();
  for (auto it = records.audit.rbegin(); it != records.audit.rend() && rows.size() < kMostRows; ++it)
    rows.push_back(
        {{right(QString::number(it->number)), plain(local_time(it->time)), plain(q(it->kind)), plain(q(it->person)),
          plain(details_of(object_of(it->detail_json), {})), plain(q(it->hash.substr(0, 16)))},
         QString::number(it->number)});
  audit_text_->setText(
      say("quality.audit_newest", {QString::number(records.audit.size()), QString::number(rows.size())}));
  audit_->set(std::move(rows));
  constexpr const char* kTabs[] = {"quality.entered", "quality.voids", "quality.states", "quality.audit"};
  for (int i = 0; i < 4; ++i) tabs_->setTabText(i, say(kTabs[i]));
}

void QualityPage::refresh() {
  if (!usable(hub.space())) return;
  if (hub.space().value->sessions.empty())
    return show_empty("quality", "quality.none", "quality.none_text", "act.new", [this] { hub.go(PageId::setup); });
  if (!isVisible() && records_.value == nullptr) return;
  if (isVisible() && read_for_ != hub.space().value) read();
  if (records_.problem) return show_problem(*records_.problem, [this] { read(); });
  if (records_.value == nullptr) return show_loading("page.reading");
  fill();
  show_full();
}

}  // namespace assay::gui
