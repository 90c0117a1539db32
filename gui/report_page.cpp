#include "gui/report_page.h"

#include <QDesktopServices>
#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QJsonArray>
#include <QMimeData>
#include <QPainter>
#include <QRegularExpression>
#include <QSvgRenderer>
#include <QTextBrowser>
#include <QUrl>

namespace assay::gui {
namespace {

constexpr int kVerifyDeadline_ms = 1'800'000;  // hours of traces are judged again

struct Question {
  const char *id, *title, *text;
};
constexpr Question kQuestions[] = {{"intact", "report.answer.intact", "report.question.intact"},
                                   {"signer", "report.answer.signer", "report.question.signer"},
                                   {"covers", "report.answer.covers", "report.question.covers"},
                                   {"current", "report.answer.current", "report.question.current"},
                                   {"recomputes", "report.answer.recomputes", "report.question.recomputes"}};

void clear(QLayout* layout) {
  while (auto* item = layout->takeAt(0)) {
    delete item->widget();
    delete item;
  }
}

QWidget* signed_line(const char* sign, const QColor& color, const QString& title, const QString& below) {
  auto* out = new QWidget;
  auto* line = new QHBoxLayout(out);
  line->setContentsMargins(0, 0, 0, 0);
  auto* mark = new QLabel;
  mark->setPixmap(icon_pixmap(sign, color, 20));
  mark->setAccessibleName(title);
  line->addWidget(mark, 0, Qt::AlignTop);
  auto* words = new QVBoxLayout;
  words->setSpacing(0);
  auto* head = value_label(below.isEmpty() ? "" : "value");
  head->setText(title);
  words->addWidget(head);
  if (!below.isEmpty()) {
    auto* text = value_label("small");
    text->setText(below);
    words->addWidget(text);
  }
  line->addLayout(words, 1);
  return out;
}

constexpr int kWidestChart = 600;

QRegularExpression element(const char* tag) {
  return QRegularExpression(QStringLiteral("<%1[\\s>].*?</%1>").arg(QLatin1String(tag)),
                            QRegularExpression::DotMatchesEverythingOption);
}

/// A chart of the page as a picture in the colours of the theme; empty if it cannot be drawn.
QImage drawn(const QString& svg) {
  QSvgRenderer renderer(themed_svg(svg.toStdString()));
  if (!renderer.isValid()) return {};
  QSize size = renderer.defaultSize();
  if (size.width() > kWidestChart) size.scale(kWidestChart, size.height(), Qt::KeepAspectRatio);
  QImage out(size, QImage::Format_ARGB32_Premultiplied);
  out.fill(Qt::transparent);
  QPainter painter(&out);
  renderer.render(&painter);
  return out;
}

/// The page in a text browser, which knows neither its style sheet nor drawings in its midst: one language of the two,
/// and charts as pictures.
void show_page(QTextBrowser& browser, const QByteArray& html) {
  QString out = QString::fromUtf8(html);
  for (const auto* tag : {"style", "script", "nav"}) out.remove(element(tag));
  out.remove(QRegularExpression(QStringLiteral("<(span|div) class=\"%1\"[^>]*>.*?</\\1>")
                                    .arg(lang() == Lang::zh ? QStringLiteral("en") : QStringLiteral("zh")),
                                QRegularExpression::DotMatchesEverythingOption));
  QString page;
  qsizetype at = 0;
  std::vector<QImage> charts;
  for (auto it = element("svg").globalMatch(out); it.hasNext();) {
    const auto match = it.next();
    page += out.mid(at, match.capturedStart() - at);
    at = match.capturedEnd();
    if (!match.captured().left(120).contains(QLatin1String("class=\"chart\""))) continue;  // a sign beside its word
    QImage chart = drawn(match.captured());
    if (chart.isNull()) continue;
    page += QStringLiteral("<img  src=\"chart:%1\">").arg(charts.size());
    charts.push_back(std::move(chart));
  }
  page += out.mid(at);
  auto* document = browser.document();
  document->clear();
  for (std::size_t i = 0; i < charts.size(); ++i)
    document->addResource(QTextDocument::ImageResource, QUrl(QStringLiteral("chart:%1").arg(i)), charts[i]);
  document->setHtml(page);
}

}  // namespace

ReportPage::ReportPage(Hub& the_hub)
    : Page(the_hub, "page_report", "report.title", "report.lead"),
      make_(button("report.make", "report_make", "primary")),
      open_(button("report.open", "report_open")),
      bundle_(button("report.bundle", "report_bundle")),
      choose_(button("report.choose", "report_choose")),
      preview_(new QTextBrowser),
      made_(value_label("small")),
      drop_text_(value_label("muted")),
      facts_(value_label("value")),
      checklist_(new QVBoxLayout),
      answers_(new QVBoxLayout),
      drop_(new Card("report.drop")) {
  setAcceptDrops(true);
  for (auto* one : {open_, bundle_, make_}) tools->addWidget(one);
  auto* across = new QHBoxLayout;
  across->setSpacing(12);
  auto* page = new Card("report.preview");
  page->box->addWidget(made_);
  preview_->setObjectName(QStringLiteral("report_preview"));
  preview_->setAcceptDrops(false);
  preview_->setOpenLinks(false);
  put_name(preview_, "report.preview_name");
  page->box->addWidget(preview_, 1);
  across->addWidget(page, 1);
  auto* side = new QVBoxLayout;
  side->setSpacing(12);
  auto* list = new Card("report.checklist");
  list->setFixedWidth(360);
  checklist_->setSpacing(4);
  list->box->addLayout(checklist_);
  side->addWidget(list);
  drop_->setFixedWidth(360);
  set_tone(drop_, "tone", "drop");
  drop_->head->addWidget(choose_);
  drop_->box->addWidget(drop_text_);
  drop_->box->addWidget(facts_);
  answers_->setSpacing(6);
  drop_->box->addLayout(answers_);
  drop_->box->addStretch(1);
  side->addWidget(drop_, 1);
  across->addLayout(side);
  body->addLayout(across, 1);
  connect(make_, &QPushButton::clicked, this, [this] { make(); });
  connect(bundle_, &QPushButton::clicked, this, [this] { bundle(); });
  connect(open_, &QPushButton::clicked, this, [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(report_path_)); });
  connect(choose_, &QPushButton::clicked, this, [this] { choose_file(); });
}

void ReportPage::make() {
  if (making_ || hub.session().value == nullptr) return;
  making_ = true;
  report_problem_.reset();
  const QString session = hub.session().value->line.id,
                path = hub.workspace() + QStringLiteral("/reports/%1.html").arg(session);
  hub.call.ask(
      this, {QStringLiteral("report"), session, QStringLiteral("--output"), path},
      [this, session, path, in = lang()](const Answer& answer) {
        making_ = false;
        QFile file(path);
        if (answer.exit_code != 0 || !file.open(QIODevice::ReadOnly)) {
          report_problem_ = answer.problem();
        } else {
          report_path_ = path;
          report_session_ = session;
          report_lang_ = in;
          page_ = file.readAll();
          page_dark_ = theme().dark;
          show_page(*preview_, page_);
        }
        refresh();
      },
      120'000, false);
  refresh();
}

void ReportPage::bundle() {
  if (hub.session().value == nullptr) return;
  const QString session = hub.session().value->line.id,
                path = hub.workspace() + QStringLiteral("/reports/%1.assay").arg(session);
  QDir().mkpath(hub.workspace() + QStringLiteral("/reports"));
  hub.call.ask(
      this, {QStringLiteral("bundle"), QStringLiteral("create"), session, QStringLiteral("--output"), path},
      [this, path](const Answer& answer) {
        if (answer.failed())
          return hub.tell(answer.problem().what + QStringLiteral(" · ") +
                          answer.problem().detail.section(QLatin1Char('\n'), 0, 0));
        hub.tell(say("report.bundled", {path}));
        verify(path);
      },
      300'000);
}

void ReportPage::choose_file() {
  const QString file =
      QFileDialog::getOpenFileName(this, say("report.choose_title"), hub.workspace(), say("report.filter"));
  if (!file.isEmpty()) verify(file);
}

void ReportPage::verify(const QString& file) {
  verified_ = file;
  verification_ = {};
  verify_problem_.reset();
  verifying_ = true;
  hub.call.ask(
      this, {QStringLiteral("bundle"), QStringLiteral("verify"), file},
      [this, file](const Answer& answer) {
        if (file != verified_) return;
        verifying_ = false;
        if (answer.failed())
          verify_problem_ = answer.problem();
        else
          verification_ = answer.json;
        refresh();
      },
      kVerifyDeadline_ms);
  refresh();
}

void ReportPage::dragEnterEvent(QDragEnterEvent* event) {
  for (const auto& url : event->mimeData()->urls())
    if (url.isLocalFile()) event->acceptProposedAction();
}

void ReportPage::dropEvent(QDropEvent* event) {
  for (const auto& url : event->mimeData()->urls()) {
    if (!url.isLocalFile()) continue;
    event->acceptProposedAction();
    verify(url.toLocalFile());
    return;
  }
}

void ReportPage::fill_checklist() {
  clear(checklist_);
  const auto& session = hub.session().value;
  if (session == nullptr) return;
  const auto subject = session->report[QLatin1String("subject")].toObject();
  const auto grade = session->report[QLatin1String("grade")].toObject();
  const auto add = [&](const char* key, bool good) {
    checklist_->addWidget(signed_line(good ? "check" : "half", good ? theme().pass : theme().unsure, say(key), {}));
  };
  const auto& line = session->line;
  add("report.check.closed", line.state == QLatin1String("closed"));
  add("report.check.graded", !session->report.isEmpty());
  add("report.check.finished", line.trials.started == line.trials.finished);
  add("report.check.plan",
      !session->row.plan_sha256.empty() &&
          (session->trials.empty() || session->row.locked.ns <= session->trials.front().started.ns));
  add("report.check.serial", !subject[QLatin1String("serial")].toString().isEmpty() &&
                                 !subject[QLatin1String("software")].toString().isEmpty());
  add("report.check.rule", !in_lang(grade[QLatin1String("claim")]).isEmpty());
  add("report.check.seed", line.division != QLatin1String("dev"));
  add("report.check.lab", line.division == QLatin1String("lab"));
}

void ReportPage::fill_answers() {
  clear(answers_);
  const auto seen = verification_[QLatin1String("facts")].toObject();
  facts_->setVisible(!seen.isEmpty());
  if (!seen.isEmpty())
    facts_->setText(
        QStringLiteral("%1 · %2 · %3 · %4")
            .arg(seen[QLatin1String("session")].toString(), division_word(seen[QLatin1String("division")].toString()),
                 seen[QLatin1String("subject")].toString(), level_word(seen[QLatin1String("level")].toInt())));
  drop_text_->setText(verifying_            ? say("report.verifying", {QFileInfo(verified_).fileName()})
                      : verify_problem_     ? verify_problem_->what + QLatin1Char('\n') + verify_problem_->detail
                      : verified_.isEmpty() ? say("report.drop_hint")
                                            : QFileInfo(verified_).fileName());
  const auto answers = verification_[QLatin1String("answers")];
  const Theme& t = theme();
  for (const auto& question : kQuestions) {
    const QJsonObject answer = answers.toObject()[QLatin1String(question.id)].toObject();
    const auto state = answer[QLatin1String("state")].toString();
    // Never one green tick for all; what was not checked is a dash.
    const char* sign = state == QLatin1String("yes")      ? "check"
                       : state == QLatin1String("broken") ? "cross"
                       : state == QLatin1String("no")     ? "half"
                                                          : "bar";
    const QColor color = state == QLatin1String("yes")      ? t.pass
                         : state == QLatin1String("broken") ? t.fail
                         : state == QLatin1String("no")     ? t.unsure
                                                            : t.none;
    const char* word = state == QLatin1String("yes")      ? "report.state.yes"
                       : state == QLatin1String("broken") ? "report.state.broken"
                       : state == QLatin1String("no")     ? "report.state.no"
                                                          : "report.state.unknown";
    const QString below = answer.isEmpty() ? say(question.text) : in_lang(answer[QLatin1String("text")]);
    answers_->addWidget(signed_line(
        sign, color, answer.isEmpty() ? say(question.title) : say(question.title) + QStringLiteral(" · ") + say(word),
        below));
  }
}

void ReportPage::refresh() {
  if (hub.space().problem && verified_.isEmpty()) return show_problem(*hub.space().problem, [this] { hub.reload(); });
  if (hub.space().loading || hub.session().loading) return show_loading("page.reading");
  const bool has = hub.session().value != nullptr;
  for (auto* one : {make_, bundle_}) one->setEnabled(has);
  open_->setEnabled(!report_path_.isEmpty());
  if (!has && verified_.isEmpty())
    return show_empty("report", "report.none", "report.none_text", "report.choose", [this] { choose_file(); });
  if (has && report_session_ != hub.session().value->line.id) {
    preview_->clear();
    report_path_.clear();
  } else if (has && report_lang_ && *report_lang_ != lang() && !making_) {
    report_lang_ = lang();
    make();
    return;
  }
  if (!page_.isEmpty() && !report_path_.isEmpty() && page_dark_ != theme().dark) {
    page_dark_ = theme().dark;
    show_page(*preview_, page_);
  }
  made_->setText(making_                  ? say("report.making")
                 : report_problem_        ? report_problem_->what + QLatin1Char('\n') + report_problem_->detail
                 : report_path_.isEmpty() ? say("report.preview_wait")
                                          : say("report.made", {QFileInfo(report_path_).fileName()}));
  fill_checklist();
  fill_answers();
  show_full();
}

}  // namespace assay::gui
