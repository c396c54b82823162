// SPDX-License-Identifier: MIT
#include <trimtab/oracle/median_of_sources.hpp>

#include "laws/oracle_guard_laws.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using oracle::median_of_sources;

constexpr timestamp now = at_unix(1'700'000'000);
constexpr median_of_sources guard{.limit = {200.0}, .quorum = 3};

guarded<median_of_sources::state_type> judge(double reference, double protocol, const std::vector<observation>& others,
                                             const median_of_sources& g = guard) {
  return g.step({}, {.protocol = {protocol, now}, .reference = {reference, now}, .others = others}, now);
}
std::vector<observation> fresh(std::initializer_list<double> prices) {
  std::vector<observation> out;
  for (const double p : prices) out.push_back({p, now});
  return out;
}

TEST(MedianOfSources, TheOneThatIsAwayIsTheBadOne) {
  EXPECT_EQ(judge(100.0, 100.5, fresh({99.5, 100.2})).verdict, trust::ok);
  EXPECT_EQ(judge(100.0, 130.0, fresh({99.5, 100.2})).verdict, trust::protocol_bad);
  EXPECT_EQ(judge(130.0, 100.0, fresh({99.5, 100.2})).verdict, trust::ours_bad);
  EXPECT_EQ(judge(130.0, 130.0, fresh({99.5, 100.2})).verdict, trust::both_bad);
  EXPECT_EQ(judge(100.0, 130.0, fresh({99.5, 100.2})).why, doubt::sources);
  EXPECT_EQ(judge(100.0, 100.5, fresh({99.5, 500.0})).verdict, trust::ok) << "one of three may be anything";
}

TEST(MedianOfSources, FewerThanAQuorumKnowNothing) {
  EXPECT_EQ(judge(100.0, 100.0, fresh({100.0})).verdict, trust::unknown);
  EXPECT_EQ(judge(100.0, 100.0, {}).verdict, trust::unknown);
  std::vector<observation> others = fresh({100.0, 100.0});
  others[1].at = now - seconds{61};
  EXPECT_EQ(judge(100.0, 100.0, others).verdict, trust::unknown) << "stale ones do not count";
  others[1] = {std::nan(""), now};
  EXPECT_EQ(judge(100.0, 100.0, others).verdict, trust::unknown) << "nor what is no price";
  EXPECT_EQ(judge(100.0, 100.0, others).why, doubt::sources);
  EXPECT_EQ(judge(-1.0, 100.0, others).verdict, trust::ours_bad) << "that it is no price, we know";
  EXPECT_EQ(judge(-1.0, 100.0, others).why, doubt::no_price);
}

TEST(MedianOfSources, AStaleReferenceIsOursAndTheProtocolIsJudgedAllTheSame) {
  const auto stale = [&](double protocol) {
    const auto others = fresh({100.0, 100.1, 99.9});
    return guard.step({}, {.protocol = {protocol, now}, .reference = {100.0, now - seconds{31}}, .others = others},
                      now);
  };
  EXPECT_EQ(stale(100.0).verdict, trust::ours_bad);
  EXPECT_EQ(stale(100.0).why, doubt::age);
  EXPECT_EQ(stale(130.0).verdict, trust::both_bad);
}

TEST(MedianOfSources, OfAnEvenNumberTheMiddleOnesMustAgree) {
  const median_of_sources even{.limit = {200.0}, .quorum = 4};
  EXPECT_EQ(judge(100.0, 100.0, fresh({100.0, 110.0, 110.0}), even).verdict, trust::unknown) << "two against two";
  EXPECT_EQ(judge(100.0, 100.0, fresh({101.0, 101.5, 110.0}), even).verdict, trust::ok);
  EXPECT_EQ(judge(100.0, 103.5, fresh({101.0, 101.5, 110.0}), even).verdict, trust::protocol_bad) << "not near both";
}

TEST(MedianOfSources, EachSourceHasItsOwnAge) {
  median_of_sources own = guard;
  own.others_age = {seconds{10}, seconds{3900}};
  for (std::size_t i = 2; i < own.others_age.size(); ++i) own.others_age[i] = seconds{100};
  std::vector<observation> others = fresh({100.0, 100.0});
  others[1].at = now - seconds{3900};
  EXPECT_EQ(judge(100.0, 100.0, others, own).verdict, trust::ok);
  others[0].at = now - seconds{11};
  EXPECT_EQ(judge(100.0, 100.0, others, own).verdict, trust::unknown);
  // Behind the eighth, the eighth's holds.
  own.quorum = 2;
  std::vector<observation> many(12, observation{100.0, never});
  many[11].at = now - seconds{100};
  EXPECT_EQ(judge(100.0, 100.0, many, own).verdict, trust::ok);
  many[11].at = now - seconds{101};
  EXPECT_EQ(judge(100.0, 100.0, many, own).verdict, trust::unknown);
}

/// Against sorting.
TEST(MedianOfSources, IsTheMiddleOfTheSorted) {
  test::random_numbers random(19);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<double> prices(1 + random.below(12));
    for (double& p : prices) p = static_cast<double>(1 + random.below(8)) / 4.0;  // many ties
    const auto m = oracle::median(prices);
    ASSERT_TRUE(m.has_value());
    std::sort(prices.begin(), prices.end());
    ASSERT_EQ(m->lower, prices[(prices.size() - 1) / 2]);
    ASSERT_EQ(m->upper, prices[prices.size() / 2]);
    ASSERT_EQ(m->count, static_cast<double>(prices.size()));
  }
  EXPECT_EQ(oracle::median({}).error(), errc::size_mismatch);
  for (const double bad : {0.0, -1.0}) {
    const double with[] = {1.0, bad};
    EXPECT_EQ(oracle::median(with).error(), errc::non_positive_price);
  }
  const double with[] = {1.0, std::nan("")};
  EXPECT_EQ(oracle::median(with).error(), errc::not_finite);
}

/// A minority of sources, whatever they say and however many there are, turns neither an honest source into a bad one
/// nor a wrong protocol into a right one.
TEST(MedianOfSources, AMinorityCannotChangeTheVerdict) {
  test::random_numbers random(23);
  int lying_references = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::size_t size = 3 + 2 * random.below(4), liars = random.below((size - 1) / 2 + 1);
    std::vector<observation> others(size - 1);
    for (observation& o : others) o = {random.uniform(99.7, 100.3), now};
    for (std::size_t i = 0; i < liars; ++i) others[i].price = random.log_uniform(1e-3, 1e7);
    for (std::size_t i = others.size() - 1; i > 0; --i) std::swap(others[i], others[random.below(i + 1)]);
    ASSERT_EQ(judge(100.0, random.uniform(99.7, 100.3), others).verdict, trust::ok);
    ASSERT_EQ(judge(100.0, random.uniform(103.0, 200.0), others).verdict, trust::protocol_bad);
    if (2 * (liars + 1) < size) {  // our own reference is the next liar
      ASSERT_EQ(judge(random.uniform(10.0, 97.0), 100.0, others).verdict, trust::ours_bad);
      ++lying_references;
    }
  }
  EXPECT_GT(lying_references, 5000);
}

TEST(MedianOfSources, TheFairPriceAsksLeastOfAVenue) {
  const auto others = fresh({100.0, 101.0, 104.0});
  const quote q{.protocol = {80.0, now}, .reference = {99.0, now}, .others = others};
  EXPECT_EQ(*guard.median(q, now, leg::sold), 100.0);
  EXPECT_EQ(*guard.median(q, now, leg::bought), 101.0);
  // A quarrel is settled by the median; where the wrong one is named it stays as it was.
  for (const trust t : {trust::unknown, trust::both_bad}) {
    EXPECT_EQ(oracle::fair_price(q, t, leg::sold, guard.median(q, now, leg::sold)), 100.0);
    EXPECT_EQ(oracle::fair_price(q, t, leg::bought, guard.median(q, now, leg::bought)), 101.0);
    EXPECT_EQ(oracle::fair_price(q, t, leg::sold, errc::oracle_unknown), 80.0) << "without one, the lower of the two";
  }
  for (const trust t : {trust::ok, trust::protocol_bad, trust::ours_bad})
    EXPECT_EQ(oracle::fair_price(q, t, leg::sold, guard.median(q, now, leg::sold)), fair_price(q, t, leg::sold));
  EXPECT_EQ(guard.median({.protocol = {80.0, now}, .reference = {99.0, now}}, now, leg::sold).error(),
            errc::oracle_unknown);
}

TEST(MedianOfSources, ConfigurationsThatKnowNothingAreRefused) {
  EXPECT_EQ(median_of_sources{}.validate(), errc::ok);
  EXPECT_EQ((median_of_sources{.quorum = 1}.validate()), errc::bad_configuration);
  for (const double bad : {0.0, -1.0, infinity, std::nan("")})
    EXPECT_EQ((median_of_sources{.limit = {bad}}.validate()), errc::bad_configuration);
  EXPECT_EQ((median_of_sources{.reference_age = seconds{-1}}.validate()), errc::bad_configuration);
  EXPECT_EQ((median_of_sources{.others_age = median_of_sources::each(seconds{-1})}.validate()),
            errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct median_case {
  static constexpr unsigned reads = reads_prices | reads_reference_age | reads_others;
  static constexpr oracle::median_of_sources guard() { return {}; }
};
struct small_quorum_case {
  static constexpr unsigned reads = reads_prices | reads_reference_age | reads_others;
  static constexpr oracle::median_of_sources guard() { return {.limit = {1000.0}, .quorum = 2}; }
};
using medians = testing::Types<median_case, small_quorum_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(MedianOfSources, OracleGuardLaws, medians);

}  // namespace
}  // namespace laws
}  // namespace trimtab
