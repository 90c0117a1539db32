#include "gui/page.h"

#include <QPainter>
#include <QScrollArea>

namespace assay::gui {
namespace {

/// Grey bars where rows will stand. They do not move: motion that says nothing is left out.
class Skeleton : public QWidget {
 public:
  Skeleton() { setMinimumHeight(220); }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().none_tint);
    constexpr double kShares[] = {0.92, 0.74, 0.86, 0.61, 0.8, 0.7};
    double y = 6;
    for (const double share : kShares) {
      painter.drawRoundedRect(QRectF(0, y, width() * share, 18), 5, 5);
      y += 34;
    }
  }
};

}  // namespace

Page::Page(Hub& the_hub, const char* object_name, const char* title_key, const char* lead_key)
    : hub(the_hub),
      tools(new QHBoxLayout),
      stack_(new QStackedWidget),
      sign_(new QLabel),
      title_(value_label("state")),
      text_(value_label("muted")),
      loading_text_(value_label("muted")),
      act_(new QPushButton) {
  setObjectName(QLatin1String(object_name));
  setFocusPolicy(Qt::StrongFocus);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(24, 16, 24, 12);
  all->setSpacing(12);
  auto* top = new QHBoxLayout;
  auto* words = new QVBoxLayout;
  words->setSpacing(2);
  words->addWidget(label(title_key, "page"));
  words->addWidget(label(lead_key, "lead"));
  top->addLayout(words);
  top->addStretch(1);
  top->addLayout(tools);
  tools->setSpacing(8);
  all->addLayout(top);

  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setFocusPolicy(Qt::NoFocus);
  auto* sheet = new QWidget;
  body = new QVBoxLayout(sheet);
  body->setContentsMargins(0, 0, 0, 0);
  body->setSpacing(12);
  scroll->setWidget(sheet);

  auto* message = new QWidget;
  auto* column = new QVBoxLayout(message);
  column->setSpacing(10);
  column->addStretch(2);
  for (auto* part : {sign_, title_, text_}) {
    part->setAlignment(Qt::AlignHCenter);
    column->addWidget(part, 0, Qt::AlignHCenter);
  }
  text_->setMinimumWidth(560);
  title_->setMinimumWidth(760);
  act_->setObjectName(QString::fromLatin1(object_name) + QStringLiteral("_state_action"));
  act_->setProperty("kind", "primary");
  column->addWidget(act_, 0, Qt::AlignHCenter);
  column->addStretch(3);
  connect(act_, &QPushButton::clicked, this, [this] {
    if (action_) action_();
  });

  auto* loading = new Card;
  loading->box->addWidget(loading_text_);
  loading->box->addWidget(new Skeleton);
  loading->box->addStretch(1);
  stack_->addWidget(scroll);
  stack_->addWidget(message);
  stack_->addWidget(loading);
  all->addWidget(stack_, 1);
  loading_text_->setText(say("page.reading"));
  show_state(PageState::loading);
}

void Page::show_state(PageState state) {
  state_ = state;
  stack_->setCurrentIndex(state == PageState::full ? 0 : state == PageState::loading ? 2 : 1);
}

void Page::show_loading(const char* text_key) {
  loading_text_->setText(say(text_key));
  show_state(PageState::loading);
}

void Page::show_full() { show_state(PageState::full); }

void Page::show_empty(const char* icon, const char* title_key, const char* text_key, const char* button_key,
                      std::function<void()> act) {
  sign_->setPixmap(icon_pixmap(icon, theme().muted, 56));
  sign_->setAccessibleName(say(title_key));
  title_->setText(say(title_key));
  text_->setText(say(text_key));
  act_->setVisible(button_key != nullptr);
  if (button_key != nullptr) put_text(act_, button_key);
  action_ = std::move(act);
  show_state(PageState::empty);
}

void Page::show_problem(const Problem& problem, std::function<void()> again) {
  sign_->setPixmap(icon_pixmap("warn", theme().fail, 56));
  sign_->setAccessibleName(say("page.problem"));
  title_->setText(problem.what);
  text_->setText(problem.detail);
  act_->setVisible(static_cast<bool>(again));
  put_text(act_, "page.again");
  action_ = std::move(again);
  show_state(PageState::error);
}

}  // namespace assay::gui
