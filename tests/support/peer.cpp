#include "tests/support/peer.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace assay::testing {

Peer::Peer(std::vector<std::string> words, const Options& options) {
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int out[2] = {-1, -1};
  if (pipe(out) != 0) return;
  pid_ = fork();
  if (pid_ == 0) {
    dup2(out[1], 1);
    close(out[0]);
    for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
    if (options.fifo > 0) {
      sched_param fifo{};
      fifo.sched_priority = options.fifo;
      sched_setscheduler(0, SCHED_FIFO, &fifo);
    }
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(out[1]);
  for (char c = 0; read(out[0], &c, 1) == 1 && c != '\n';) said += c;
  close(out[0]);
}

Peer::~Peer() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool python_has(const std::string& modules) {
  return std::system((std::string(kPython) + " -c 'import " + modules + "' 2>/dev/null").c_str()) == 0;
}

}  // namespace assay::testing
