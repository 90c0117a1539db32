// Whether this computer had a processor for those who were ready to run.
#pragma once

#include <sys/types.h>

namespace assay::harness {

/// How long [s] a thread has been ready to run while no processor was free, since it began (proc(5), schedstat); 0
/// where the kernel does not count it.
double unserved_s(pid_t process, pid_t thread);
/// The longest of the process's threads.
double unserved_s(pid_t process);

}  // namespace assay::harness
