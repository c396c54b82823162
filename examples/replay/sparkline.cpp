// SPDX-License-Identifier: MIT
#include "sparkline.hpp"

#include <algorithm>
#include <cmath>

namespace replay {

std::string sparkline(std::span<const float> values, std::size_t width, double low, double high) {
  static constexpr const char* blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string line;
  if (values.empty() || width == 0) return line;
  width = std::min(width, values.size());
  for (std::size_t k = 0; k < width; ++k) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(k * values.size() / width);
    const auto last = values.begin() + static_cast<std::ptrdiff_t>((k + 1) * values.size() / width);
    const double lowest = *std::min_element(first, last);
    const double share = std::clamp((lowest - low) / (high - low), 0.0, 1.0);
    line += blocks[static_cast<std::size_t>(std::min(7.0, std::floor(8.0 * share)))];
  }
  return line;
}

}  // namespace replay
