// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/by_name.hpp>
#include <trimtab/market/account.hpp>

#include <type_traits>

namespace {

using trimtab::by_name;

struct sides {
  by_name fields = by_name();
  double collateral = 0.0;
  double debt = 0.0;
};
struct plain {
  double collateral = 0.0;
  double debt = 0.0;
};

// What can be written in braces, without a compiler that fails.
template <class T, class... A>
concept listed = requires(A... a) {
  T{a...};
};
static_assert(listed<plain, double, double> && listed<sides>);
static_assert(!listed<sides, double> && !listed<sides, double, double> && !listed<sides, int, double, double>);
static_assert(!std::is_convertible_v<double, by_name> && !std::is_convertible_v<std::nullptr_t, by_name>);

static_assert(sizeof(by_name) == 1 && sizeof(sides) > sizeof(plain), "a byte, which padding has to have");
static_assert(sizeof(trimtab::holding) == 32, "as here");
static_assert(std::is_aggregate_v<sides> && std::is_trivially_copyable_v<sides> && std::is_standard_layout_v<by_name>);

TEST(ByName, FieldsThatAreNamedAreWhereTheyAreSaidToBe) {
  constexpr sides s{.debt = 3.0};
  EXPECT_EQ(s.collateral, 0.0);
  EXPECT_EQ(s.debt, 3.0);
  constexpr sides copy = s;
  EXPECT_EQ(copy.debt, 3.0);
  EXPECT_EQ(sides{}.debt, 0.0);
}

}  // namespace
