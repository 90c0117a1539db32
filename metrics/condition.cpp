#include "metrics/condition.h"
