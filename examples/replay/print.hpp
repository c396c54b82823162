// SPDX-License-Identifier: MIT
#pragma once

#include "columns.hpp"
#include <string>

namespace replay {

/// "46,438"
std::string grouped(double value);
/// "2020-03-13 02:26" UTC
std::string utc(std::int64_t unix_seconds);

/// What is about to be replayed, the table, the health of four columns as lines, and what the policy said at the worst
/// moments.
void print_text(const arguments& a, const scenario& s, const outcome& o);

/// The same for programs.
void print_json(const arguments& a, const scenario& s, const outcome& o);

}  // namespace replay
