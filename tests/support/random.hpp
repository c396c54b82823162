// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <iostream>

namespace trimtab::test {

/// @brief A small generator with a fixed seed, printed, and the same numbers on every standard library.
/// @source Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators" (splitmix64)
class random_numbers {
public:
  explicit random_numbers(std::uint64_t seed) : state_(seed) { std::cout << "seed " << seed << '\n'; }

  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// In [low, high).
  double uniform(double low, double high) { return low + (high - low) * (static_cast<double>(bits() >> 11) * 0x1p-53); }
  /// In [low, high), every decade as likely as the next.
  double log_uniform(double low, double high) { return std::exp(uniform(std::log(low), std::log(high))); }
  std::uint64_t below(std::uint64_t count) { return bits() % count; }

private:
  std::uint64_t state_;
};

}  // namespace trimtab::test
