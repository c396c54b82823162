// SPDX-License-Identifier: MIT
#pragma once

/// What goes in and out as lines of JSON.

#include "keeper.hpp"
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <variant>

namespace keeper_loop {

/// A line that is not what it should be; what() says why.
struct bad_line : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// @brief The next line, however long the input makes it: of one beyond the limit only that it was there is kept.
/// @return false at the end of the input
struct line {
  std::string text;
  bool too_long = false;
};
bool next_line(std::istream& in, line& out, std::size_t limit = 1 << 16);

/// @brief A tick or a receipt. Every field must be there, once, of its type and in its range; no other may.
/// @throws bad_line
std::variant<tick, trimtab::receipt> parse(const std::string& text);

std::string to_json(const tick& t);
std::string to_json(const trimtab::receipt& r);
std::string to_json(std::size_t line, const policy_type& p, const decision_type& d, const snapshot_type& s);
std::string error_json(std::size_t line, const std::string& why);

}  // namespace keeper_loop
