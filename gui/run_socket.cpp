#include "gui/run_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <algorithm>

namespace assay::gui {
namespace {

constexpr int kDeadline_ms = 2000;

}  // namespace

QJsonObject exchange_line(const QString& path, const QByteArray& request) {
  // Through the folder's descriptor: paths of sockets may have 107 bytes only.
  const QFileInfo file(path);
  const int folder = ::open(QFile::encodeName(file.absolutePath()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return {};
  const QByteArray name = QStringLiteral("/proc/self/fd/%1/%2").arg(folder).arg(file.fileName()).toLocal8Bit();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  QByteArray answer;
  if (fd >= 0 && static_cast<std::size_t>(name.size()) < sizeof address.sun_path) {
    std::copy(name.begin(), name.end(), address.sun_path);
    const timeval deadline{kDeadline_ms / 1000, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
    char buffer[4096];
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::send(fd, request.constData(), static_cast<std::size_t>(request.size()), MSG_NOSIGNAL) == request.size()) {
      while (!answer.contains('\n') && answer.size() < (1 << 20)) {
        const auto n = ::recv(fd, buffer, sizeof buffer, 0);
        if (n <= 0) break;
        answer.append(buffer, static_cast<qsizetype>(n));
      }
    }
  }
  if (fd >= 0) ::close(fd);
  ::close(folder);
  return QJsonDocument::fromJson(answer).object();
}

}  // namespace assay::gui
