// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Random numbers without state: the n-th number of a seed is a function of seed and n.
///
/// So a draw depends on *what* it is for (the block, the transaction) and not on how many were drawn before, results do
/// not depend on the order of work, and two columns of one table meet the same luck. The mixer is the finaliser of
/// SplitMix64 (Steele, Lea and Flood, 2014; constants by Stafford, variant 13), applied twice; it is no cryptography.

#include <cmath>
#include <cstdint>

namespace trimtab::simulate {

/// @brief Mixes 64 bits so that each depends on all.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

/// @brief The n-th random number of a seed, in its stream (what it is used for).
struct counter_random {
  std::uint64_t seed = 1;
  std::uint64_t stream = 0;

  [[nodiscard]] constexpr std::uint64_t bits(std::uint64_t n) const noexcept {
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15U;
    return mix(mix(seed + golden * (stream + 1U)) + golden * (n + 1U));
  }
  /// @brief Uniform in (0, 1), neither end included: 53 random bits, centred.
  [[nodiscard]] constexpr double uniform(std::uint64_t n) const noexcept {
    constexpr double two_to_minus_53 = 1.0 / 9007199254740992.0;
    return (static_cast<double>(bits(n) >> 11U) + 0.5) * two_to_minus_53;
  }
  /// @brief Standard normal (Box and Muller; uses the numbers 2n and 2n + 1).
  [[nodiscard]] double normal(std::uint64_t n) const {
    constexpr double two_pi = 6.283185307179586476925;
    return std::sqrt(-2.0 * std::log(uniform(2U * n))) * std::cos(two_pi * uniform(2U * n + 1U));
  }
};

}  // namespace trimtab::simulate
