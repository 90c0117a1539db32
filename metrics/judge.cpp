#include "metrics/judge.h"
