// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/result.hpp>

#include <bit>
#include <compare>
#include <cstdint>

namespace trimtab {

/// @brief A token amount in smallest units (wei, 1e-6 USDC): an unsigned 128-bit integer with named roundings and
/// checked arithmetic.
///
/// Decisions are taken in whole tokens; a plan carries these. Conversions from `double` are exact before the one
/// rounding that their name states, so the direction always holds, however large the amount.
class units {
public:
  __extension__ using integer = unsigned __int128;
  static constexpr int max_decimals = 27;

  constexpr units() = default;
  constexpr explicit units(std::uint64_t count) noexcept : count_(count) {}
  static constexpr units from_words(std::uint64_t high, std::uint64_t low) noexcept {
    units u;
    u.count_ = (static_cast<integer>(high) << 64) | low;
    return u;
  }
  [[nodiscard]] constexpr std::uint64_t high() const noexcept { return static_cast<std::uint64_t>(count_ >> 64); }
  [[nodiscard]] constexpr std::uint64_t low() const noexcept { return static_cast<std::uint64_t>(count_); }

  /// The largest amount of smallest units not above `tokens` whole tokens.
  /// @errors not_finite, negative_amount, bad_configuration (decimals outside [0, 27]), overflow
  static constexpr result<units> floor(double tokens, int decimals) noexcept {
    return convert(tokens, decimals, false);
  }
  /// The smallest amount of smallest units not below `tokens` whole tokens. Errors as `floor`.
  static constexpr result<units> ceil(double tokens, int decimals) noexcept { return convert(tokens, decimals, true); }

  /// Whole tokens, rounded to nearest twice (the integer, then the division): within 1 ulp.
  [[nodiscard]] constexpr double to_tokens(int decimals) const noexcept {
    double scale = 1.0;
    for (int i = 0; i < decimals; ++i) scale *= 10.0;
    return static_cast<double>(count_) / scale;
  }
  /// A double not above the exact amount, at most two below the nearest.
  [[nodiscard]] constexpr double to_tokens_down(int decimals) const noexcept {
    double tokens = to_tokens(decimals);
    while (tokens > 0.0 && exceeds(tokens, decimals)) tokens = neighbour(tokens, -1);
    return tokens;
  }
  /// A double not below the exact amount, at most two above the nearest.
  [[nodiscard]] constexpr double to_tokens_up(int decimals) const noexcept {
    double tokens = to_tokens(decimals);
    while (falls_short(tokens, decimals)) tokens = neighbour(tokens, 1);
    return tokens;
  }

  /// One smallest unit in whole tokens, 10^−decimals; 0 for decimals outside [0, 27].
  static constexpr double smallest(int decimals) noexcept {
    constexpr double table[max_decimals + 1] = {1e-0,  1e-1,  1e-2,  1e-3,  1e-4,  1e-5,  1e-6,  1e-7,  1e-8,  1e-9,
                                                1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18, 1e-19,
                                                1e-20, 1e-21, 1e-22, 1e-23, 1e-24, 1e-25, 1e-26, 1e-27};
    return decimals < 0 || decimals > max_decimals ? 0.0 : table[decimals];
  }
  /// @brief This share of the amount, rounded up, in exact integers; the share itself to 10⁻¹² basis points.
  /// @errors bad_configuration (a share that is NaN, negative or above 100 %)
  [[nodiscard]] constexpr result<units> share_up(basis_points share) const noexcept {
    if (!(share.count >= 0.0 && share.count <= 1e4)) return errc::bad_configuration;
    constexpr std::uint64_t whole = 10'000'000'000'000'000;
    const double scaled = share.count * 1e12;
    auto parts = static_cast<std::uint64_t>(scaled);
    if (scaled - static_cast<double>(parts) >= 0.5) ++parts;  // to nearest
    units u;
    u.count_ = count_ / whole * parts + (count_ % whole * static_cast<integer>(parts) + (whole - 1)) / whole;
    return u;
  }

  [[nodiscard]] constexpr result<units> add(units other) const noexcept {
    units sum;
    sum.count_ = count_ + other.count_;
    if (sum.count_ < count_) return errc::overflow;
    return sum;
  }
  [[nodiscard]] constexpr result<units> subtract(units other) const noexcept {
    if (count_ < other.count_) return errc::insufficient_balance;
    units difference;
    difference.count_ = count_ - other.count_;
    return difference;
  }

  friend constexpr bool operator==(units a, units b) noexcept { return a.count_ == b.count_; }
  friend constexpr std::strong_ordering operator<=>(units a, units b) noexcept {
    return a.count_ < b.count_ ? std::strong_ordering::less
                               : (b.count_ < a.count_ ? std::strong_ordering::greater : std::strong_ordering::equal);
  }

private:
  [[nodiscard]] constexpr bool exceeds(double tokens, int decimals) const noexcept {
    const auto up = ceil(tokens, decimals);
    return !up.has_value() || *up > *this;
  }
  [[nodiscard]] constexpr bool falls_short(double tokens, int decimals) const noexcept {
    const auto down = floor(tokens, decimals);
    return down.has_value() && *down < *this;
  }
  static constexpr double neighbour(double x, int direction) noexcept {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) + static_cast<std::uint64_t>(direction));
  }

  // tokens = m·2^e with m < 2^53, and 10^d = 5^d·2^d: m·5^d fits 128 bits for d ≤ 27, and what is left is a shift.
  static constexpr result<units> convert(double tokens, int decimals, bool up) noexcept {
    if (!(tokens - tokens == 0.0)) return errc::not_finite;
    if (tokens < 0.0) return errc::negative_amount;
    if (decimals < 0 || decimals > max_decimals) return errc::bad_configuration;
    if (tokens == 0.0) return units{};
    const auto bits = std::bit_cast<std::uint64_t>(tokens);
    const auto biased = static_cast<int>((bits >> 52) & 0x7ff);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    integer value = biased == 0 ? fraction : (fraction | (std::uint64_t{1} << 52));
    for (int i = 0; i < decimals; ++i) value *= 5;
    const int shift = (biased == 0 ? 1 : biased) - 1075 + decimals;
    units u;
    if (shift >= 0) {
      if (shift >= 128 || ((value << shift) >> shift) != value) return errc::overflow;
      u.count_ = value << shift;
    } else {
      const int down = -shift;
      u.count_ = down >= 128 ? 0 : value >> down;
      const bool exact = down < 128 && (u.count_ << down) == value;
      if (up && !exact) ++u.count_;
    }
    return u;
  }

  integer count_ = 0;
};

}  // namespace trimtab
