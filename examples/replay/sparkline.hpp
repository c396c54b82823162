// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace replay {

/// @brief Draws a series as one line of block characters, each the *lowest* value of its stretch: a dip is never
/// averaged away.
///
/// @param values finite or +inf (drawn at the top)
/// @param low,high what the lowest and the highest block stand for; values outside are drawn at the ends
std::string sparkline(std::span<const float> values, std::size_t width, double low, double high);

}  // namespace replay
