// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/result.hpp>

#include <type_traits>

namespace trimtab {
namespace {

struct big {
  double values[8] = {};
};

constexpr result<int> seven = 7;
constexpr result<int> refused = errc::infeasible;
static_assert(seven.has_value() && seven && *seven == 7 && seven.value() == 7 && seven.error() == errc::ok);
static_assert(!refused.has_value() && !refused && refused.error() == errc::infeasible);
static_assert(seven.value_or(1) == 7 && refused.value_or(1) == 1);
static_assert(std::is_trivially_copyable_v<result<double>> && std::is_trivially_copyable_v<result<big>>);
static_assert(std::is_same_v<result<int>::value_type, int> && std::is_same_v<result<int>::error_type, errc>);
static_assert(!std::is_convertible_v<result<int>, bool>, "only when asked");

TEST(Result, TransformAppliesToAValueAndPassesARefusalOn) {
  constexpr auto half = [](int x) { return 0.5 * x; };
  static_assert(*seven.transform(half) == 3.5);
  static_assert(refused.transform(half).error() == errc::infeasible);
  static_assert(std::is_same_v<decltype(seven.transform(half)), result<double>>);
}

TEST(Result, AndThenMayRefuseItself) {
  const auto positive = [](int x) -> result<int> {
    return x > 0 ? result<int>(x) : result<int>(errc::negative_amount);
  };
  EXPECT_EQ(*seven.and_then(positive), 7);
  EXPECT_EQ(result<int>(-1).and_then(positive).error(), errc::negative_amount);
  EXPECT_EQ(refused.and_then(positive).error(), errc::infeasible);
}

TEST(Result, ArrowReachesMembers) {
  const result<big> r = big{};
  EXPECT_EQ(r->values[0], 0.0);
}

TEST(Result, TheValueOfARefusalIsValueInitialised) {
  EXPECT_EQ(refused.value(), 0);
  EXPECT_EQ(*result<double>(errc::dust), 0.0);
}

TEST(Result, ARefusalWithoutAReasonIsStillARefusal) {
  const result<int> r = errc::ok;
  EXPECT_FALSE(r.has_value());
  EXPECT_EQ(r.error(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
