// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/activation_search.hpp>

namespace trimtab {
namespace {

using sizing::activation;

// A search that saw everything leaves no gap, whatever its bound says; one that did not says how far the bound is.
TEST(ActivationSearch, TheGapIsWhatNobodyLookedAt) {
  constexpr activation cut_short{.out = 105.0, .cost = 5.0, .bound = 101.5};
  static_assert(cut_short.net() == 100.0 && cut_short.gap() == 1.5);
  activation whole = cut_short;
  whole.exhausted = true;
  EXPECT_EQ(whole.gap(), 0.0);
  activation rounded = cut_short;
  rounded.bound = 100.0 - 1e-13;
  EXPECT_EQ(rounded.gap(), 0.0) << "a bound below the answer by rounding is no negative gap";
}

// Venues that are worth this much at every price and add up: the answer is known, and every part of the search is met.
struct additive {
  static constexpr int most_sets = 1000;
  std::span<const double> worth;
  constexpr void read(std::span<sizing::activation_row>, std::span<sizing::activation_row>) const noexcept {}
  [[nodiscard]] static constexpr double dual(std::span<const sizing::activation_row>) noexcept { return 0.0; }
  [[nodiscard]] constexpr double rent(const sizing::activation_row& row, double) const noexcept {
    return worth[row.venue];
  }
  [[nodiscard]] constexpr double alone(const sizing::activation_row& row) const noexcept { return worth[row.venue]; }
  [[nodiscard]] constexpr bool pays_no_less(const sizing::activation_row& a,
                                            const sizing::activation_row& b) const noexcept {
    return worth[a.venue] >= worth[b.venue];
  }
  [[nodiscard]] constexpr sizing::detail::filled fill(std::span<const sizing::activation_row> rows) const noexcept {
    sizing::detail::filled f{.out = 0.0};
    for (const auto& row : rows) f.out += row.in ? worth[row.venue] : 0.0;
    return f;
  }
  [[nodiscard]] static constexpr double place(std::span<const sizing::activation_row>, double,
                                              std::span<double>) noexcept {
    return 0.0;
  }
};

TEST(ActivationSearch, VenuesThatAddUpAreUsedWhereTheyAreWorthTheirCost) {
  const double worth[] = {10.0, 3.0, 7.0, 0.5, 6.0}, costs[] = {4.0, 3.5, 1.0, 0.5, 6.5};
  double into[5] = {};
  sizing::activation_row memory[10];
  const auto found = sizing::detail::activate(additive{worth}, 1.0, std::span<const double>(costs), into, memory);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->net(), 12.0) << "the first and the third";
  EXPECT_EQ(found->used, 2U);
  EXPECT_EQ(found->bound, 12.0);
  EXPECT_TRUE(found->exhausted);
}

}  // namespace
}  // namespace trimtab
