// SPDX-License-Identifier: MIT
#pragma once

/// Arithmetic of contracts for transcriptions of their rules: unsigned integers, a·b/c in full and rounded down.

#include <array>
#include <cstddef>
#include <cstdint>

namespace cases {

__extension__ using wide = unsigned __int128;
__extension__ using wide_signed = __int128;

/// ⌊a·b/c⌋ with the product in full. The quotient comes from long double; its error times c, which is exact modulo
/// 2¹²⁸, corrects it. @pre c > 0; the quotient and c below 2⁹⁶ and their product's rounding error below 2¹²⁷
inline wide mul_div_down(wide a, wide b, wide c) {
  const long double estimate = static_cast<long double>(a) * static_cast<long double>(b) / static_cast<long double>(c);
  auto q = static_cast<wide>(estimate);
  const auto rest = static_cast<wide_signed>(a * b - q * c);
  const auto divisor = static_cast<wide_signed>(c);
  wide_signed steps = 0;
  if (rest < 0 || rest >= divisor) {
    steps = rest / divisor;
    if (rest % divisor < 0) --steps;
  }
  return q + static_cast<wide>(steps);
}

inline constexpr std::uint64_t precise_unit = 1'000'000'000'000'000'000;
inline wide precise_mul(wide a, wide b) {
  return mul_div_down(a, b, precise_unit);
}
inline wide precise_div(wide a, wide b) {
  return mul_div_down(a, precise_unit, b);
}

inline wide least(wide a, wide b) {
  return a < b ? a : b;
}
inline wide most(wide a, wide b) {
  return a < b ? b : a;
}

inline constexpr auto powers_of_ten = [] {
  std::array<wide, 39> table{1};
  for (std::size_t i = 1; i < table.size(); ++i) table[i] = 10 * table[i - 1];
  return table;
}();
inline constexpr wide ten_to(int exponent) {
  return powers_of_ten[static_cast<std::size_t>(exponent)];
}
/// The number that so many smallest units are, correctly rounded but for the last bit.
inline double tokens(wide amount, int decimals) {
  return static_cast<double>(static_cast<long double>(amount) / static_cast<long double>(ten_to(decimals)));
}

}  // namespace cases
