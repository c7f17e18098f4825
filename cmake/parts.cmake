# Presets build several sources as one (unity builds): the same code in a third of the time. These files have helpers
# whose names a neighbour has too, so each is compiled by itself.
set(FOURTUPLE_COMPILED_ALONE
    "stack/core/(routes|timers)|stack/observe/ladder|stack/socket/(c_data|epoll_set|socket_options|c_poll|stream_open|options_|remembered_options|interface_requests|datagram_options)|apps/http/upload|apps/replay/(sidecar_log|inference_closing)|apps/programs/replay"
    "|scenario/fast_retransmit_test|interop/death_test|unit/drivers/|unit/socket/pump_test|unit/wire/link_formats_test|unit/replay/inference_|oracle/(script|stream_close|stream_data)")
string(REPLACE ";" "" FOURTUPLE_COMPILED_ALONE "${FOURTUPLE_COMPILED_ALONE}")
function(fourtuple_compile_some_alone)
  list(FILTER ARGN INCLUDE REGEX "${FOURTUPLE_COMPILED_ALONE}")
  if(ARGN)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

# fourtuple_part(NAME FOLDER [NOT_RECURSIVE] [WITHOUT subfolders...] LINK libraries...)
# One library for one part of a floor, made of every .cpp in FOLDER but those in the subfolders named, which are parts of
# their own. A folder without sources makes an interface library.
function(fourtuple_part name folder)
  cmake_parse_arguments(PART "NOT_RECURSIVE" "" "LINK;WITHOUT" ${ARGN})
  if(PART_NOT_RECURSIVE)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  else()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  endif()
  list(FILTER sources EXCLUDE REGEX "/apps/(main\\.cpp|examples/)")  # programs of their own
  foreach(subfolder ${PART_WITHOUT})
    list(FILTER sources EXCLUDE REGEX "/${folder}/${subfolder}/")
  endforeach()
  fourtuple_compile_some_alone(${sources})
  if(sources)
    add_library(ft_${name} STATIC ${sources})
    target_link_libraries(ft_${name} PUBLIC $<BUILD_INTERFACE:fourtuple_options> ${PART_LINK})
  else()
    add_library(ft_${name} INTERFACE)
    target_link_libraries(ft_${name} INTERFACE $<BUILD_INTERFACE:fourtuple_options> ${PART_LINK})
  endif()
endfunction()

# What `fourtuple explain` shows, read anew from tables, tags and tests whenever one of them has changed, so that it works
# without the sources and is never out of date.
function(fourtuple_explain_data target)
  set(data ${PROJECT_BINARY_DIR}/explain/explain_data.cpp)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/explain)
  file(GLOB_RECURSE tagged CONFIGURE_DEPENDS stack/*.[ch]pp drivers/*.[ch]pp include/*.h include/*.hpp apps/*.[ch]pp
       apps/*.c tests/*.[ch]pp tests/*.pkt)
  file(GLOB tables CONFIGURE_DEPENDS docs/requirements/*.tsv)
  add_custom_command(
    OUTPUT ${data}
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/explain_data ${data}
    DEPENDS ${tagged} ${tables} docs/sockets.md scripts/explain_data scripts/explain_mentions.awk
            scripts/conformance_tags.awk scripts/tagged_files.sh
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    COMMENT "Gathering what fourtuple explain knows"
    VERBATIM)
  target_sources(${target} PRIVATE ${data})
  set_source_files_properties(${data} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# Every test program; `cmake --build DIR --target fourtuple_tests` builds them and nothing else.
if(FOURTUPLE_TESTS)
  add_custom_target(fourtuple_tests)
endif()

# Sets RESULT to whether tests of this kind belong to this build (FOURTUPLE_TEST_KINDS; empty means all).
function(fourtuple_wants kind result)
  if(FOURTUPLE_TEST_KINDS AND NOT kind IN_LIST FOURTUPLE_TEST_KINDS)
    set(${result} FALSE PARENT_SCOPE)
  else()
    set(${result} TRUE PARENT_SCOPE)
  endif()
endfunction()

# fourtuple_test(NAME FOLDER LINK libraries... [TIMEOUT seconds] LABELS kind)
# One GoogleTest program of every .cpp in FOLDER; each TEST becomes a CTest test.
function(fourtuple_test name folder)
  cmake_parse_arguments(TEST "" "TIMEOUT" "LINK;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  fourtuple_wants("${TEST_LABELS}" wanted)
  if(NOT sources OR NOT wanted)
    return()
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  fourtuple_compile_some_alone(${sources})
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE fourtuple_options ${TEST_LINK} GTest::gtest_main GTest::gmock)
  add_dependencies(fourtuple_tests ${name})
  gtest_discover_tests(
    ${name}
    TEST_PREFIX "${FOURTUPLE_TEST_PREFIX}"
    DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT ${TEST_TIMEOUT} LABELS "${TEST_LABELS}")
endfunction()

# fourtuple_script_test(NAME KIND SCRIPT arguments...): a script as one CTest test. It leaves with 77 and a line
# "SKIPPED: reason" where this machine cannot run it.
function(fourtuple_script_test name kind script)
  fourtuple_wants(${kind} wanted)
  if(NOT wanted)
    return()
  endif()
  add_test(NAME ${FOURTUPLE_TEST_PREFIX}${name} COMMAND ${script} ${ARGN})
  set_tests_properties(${FOURTUPLE_TEST_PREFIX}${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS ${kind} TIMEOUT 300)
endfunction()
