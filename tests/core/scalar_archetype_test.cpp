// SPDX-License-Identifier: MIT
// Every formula asks no more of its number type than `Scalar` promises: they all compile with a type that offers
// nothing else.
#include "support/scalar_archetype.hpp"

#include <gtest/gtest.h>

#include "support/formulas.hpp"

namespace trimtab {
namespace {

using test::archetype;

static_assert(Scalar<archetype>);
static_assert(!std::is_convertible_v<mask_t<archetype>, bool> && !std::is_constructible_v<bool, mask_t<archetype>>);
static_assert(!std::is_constructible_v<archetype, double> && !std::is_convertible_v<archetype, double>);
static_assert(!std::equality_comparable<archetype>);
static_assert(HealthModel<health::aave_v3, archetype> && HealthModel<health::morpho_blue, archetype>);
static_assert(Smooth<liquidity::constant_product, archetype> && Smooth<liquidity::constant_price, archetype> &&
              Smooth<liquidity::frictionless, archetype>);

TEST(ScalarArchetype, EveryFormulaGivesWhatItGivesForDouble) {
  const test::formula_inputs<double> plain{{2000.0, 40'000.0, 1.0}, 3.0};
  test::formula_inputs<archetype> same;
  for (std::size_t i = 0; i < 3; ++i) same.prices[i] = literal<archetype>(plain.prices[i]);
  same.amount = literal<archetype>(plain.amount);
  std::vector<double> expected;
  test::for_each_formula(plain, [&](const std::string&, double value) { expected.push_back(value); });
  std::size_t i = 0;
  test::for_each_formula(same, [&](const std::string& name, const archetype& value) {
    EXPECT_EQ(test::archetype_access::value(value), expected.at(i++)) << name;
  });
  EXPECT_EQ(i, expected.size());
  EXPECT_GT(i, 60U);
}

}  // namespace
}  // namespace trimtab
