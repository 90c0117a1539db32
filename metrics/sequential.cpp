#include "metrics/sequential.h"
