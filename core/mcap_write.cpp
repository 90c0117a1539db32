#include "core/mcap.h"
