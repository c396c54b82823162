// SPDX-License-Identifier: MIT
#pragma once

#include "arguments.hpp"

namespace replay {

/// Replays one ETH file of each folder of windows over opening health × debt share × band and prints Markdown. Throws
/// user_error.
int print_grid(const arguments& a);

}  // namespace replay
