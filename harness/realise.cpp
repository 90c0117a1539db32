#include "harness/trial.h"
