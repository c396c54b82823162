// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/pack.hpp>

#include <type_traits>

namespace {

using trimtab::get;
using trimtab::pack;

constexpr pack<int, double, char> three{1, 2.5, 'c'};
static_assert(get<0>(three) == 1 && get<1>(three) == 2.5 && get<2>(three) == 'c');
static_assert(pack<int, double>::size == 2 && pack<>::size == 0);
static_assert(std::is_trivially_copyable_v<pack<int, double, char>>);
static_assert(std::is_trivially_copyable_v<pack<>>);
static_assert(std::is_same_v<decltype(get<1>(three)), const double&>);

TEST(Pack, APlaceIsWrittenInPlace) {
  pack<int, double> p;
  EXPECT_EQ(get<0>(p), 0);
  get<1>(p) = 4.0;
  EXPECT_EQ(get<1>(p), 4.0);
}

}  // namespace
