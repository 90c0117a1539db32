// One line to a run's control socket, one line back.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

namespace assay::gui {

/// Empty if nobody listens or nothing comes within 2 s. Touches no widget: any thread may call it.
QJsonObject exchange_line(const QString& path, const QByteArray& request);

}  // namespace assay::gui
