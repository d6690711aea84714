# SPDX-License-Identifier: Apache-2.0
# Every third-party library, from Debian 12, under one plain name: souk::dep_<name>.
# Their headers are SYSTEM, so that our warnings speak of our code only.
# Which folder may use which library is checked by tests/tidy.

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_library(SOUK_YAML_LIBRARY yaml REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(glog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(GTest REQUIRED)
find_package(benchmark QUIET)
find_package(liblucene++ REQUIRED)
find_package(liblucene++-contrib REQUIRED)
find_library(SOUK_ROCKSDB_LIBRARY rocksdb REQUIRED)
find_library(SOUK_ZSTD_LIBRARY zstd REQUIRED)
find_library(SOUK_JEMALLOC_LIBRARY jemalloc REQUIRED)
find_path(SOUK_BOOST_INCLUDE boost/version.hpp REQUIRED)

# Design rule: Debian's liblucene++ is built with Boost 1.74, and mixing in the headers of 1.81 crashes
# in IndexWriter::commit(userData). Better no build than that one.
file(STRINGS "${SOUK_BOOST_INCLUDE}/boost/version.hpp" boost_version REGEX "#define BOOST_VERSION [0-9]+")
if(NOT boost_version MATCHES "BOOST_VERSION 107400")
  message(FATAL_ERROR "Boost headers must be 1.74 (found: ${boost_version}): Lucene++ is built against 1.74 and "
                      "crashes with any other. Install libboost1.74-dev and remove libboost1.81-dev.")
endif()

# souk_dependency(<name> [INCLUDE <dirs>...] LIBRARIES <libs>...) makes souk::dep_<name>.
function(souk_dependency name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "INCLUDE;LIBRARIES")
  add_library(souk_dep_${name} INTERFACE)
  add_library(souk::dep_${name} ALIAS souk_dep_${name})
  target_link_libraries(souk_dep_${name} INTERFACE ${arg_LIBRARIES})
  if(arg_INCLUDE)
    target_include_directories(souk_dep_${name} SYSTEM INTERFACE ${arg_INCLUDE})
  endif()
endfunction()

souk_dependency(protobuf LIBRARIES protobuf::libprotobuf)
# absl_synchronization by name: Debian's grpc++_reflection uses it without saying so. Never add
# grpc++_error_details: it carries a second google/rpc/status.proto, and two of one name abort at start.
souk_dependency(grpc LIBRARIES gRPC::grpc++ gRPC::grpc++_reflection absl::synchronization protobuf::libprotobuf)
souk_dependency(rocksdb LIBRARIES ${SOUK_ROCKSDB_LIBRARY})
souk_dependency(lucene INCLUDE ${liblucene++_INCLUDE_DIRS} ${liblucene++-contrib_INCLUDE_DIRS}
  LIBRARIES ${liblucene++_LIBRARIES} ${liblucene++-contrib_LIBRARIES} boost_system boost_filesystem boost_thread)
souk_dependency(yaml LIBRARIES ${SOUK_YAML_LIBRARY})
souk_dependency(json LIBRARIES nlohmann_json::nlohmann_json)
souk_dependency(cli11 LIBRARIES CLI11::CLI11)
souk_dependency(fmt LIBRARIES fmt::fmt)
souk_dependency(glog LIBRARIES glog::glog)
souk_dependency(prometheus LIBRARIES prometheus-cpp::core)
souk_dependency(openssl LIBRARIES OpenSSL::SSL OpenSSL::Crypto)
souk_dependency(sqlite LIBRARIES SQLite::SQLite3)
souk_dependency(zstd LIBRARIES ${SOUK_ZSTD_LIBRARY})
# Sanitizers bring an allocator of their own.
if(NOT SOUK_SANITIZE AND NOT SOUK_FUZZ)
  souk_dependency(allocator LIBRARIES ${SOUK_JEMALLOC_LIBRARY})
else()
  souk_dependency(allocator)
endif()
souk_dependency(beast LIBRARIES Threads::Threads)
if(TARGET benchmark::benchmark)
  souk_dependency(benchmark LIBRARIES benchmark::benchmark)
endif()
