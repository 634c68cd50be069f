"""The judge on small templates that are made up: each conversion right and wrong."""

import unittest

import schemas
import sets
import untyped
from judge import Judge
from resolve import Resolver
from values import NOTHING

TEMPLATE = {
    "Parameters": {
        "Count": {"Type": "Number", "Default": 3},
        "Size": {"Type": "String", "Default": "1", "AllowedValues": ["1", "2"]},
        "Switch": {"Type": "String", "Default": "true", "AllowedValues": ["true", "false"]},
        "Word": {"Type": "String", "Default": "12"},
        "Words": {"Type": "CommaDelimitedList", "Default": "a,b"},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/name"},
    },
    "Conditions": {"On": {"Fn::Equals": [{"Ref": "Switch"}, "true"]}},
    "Mappings": {"Sizes": {"eu-west-1": {"small": 1, "large": 2}}},
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Off": {"Type": "AWS::SQS::Queue", "Condition": "Never"},
    },
}
TEMPLATE["Conditions"]["Never"] = {"Fn::Not": [{"Condition": "On"}]}

COUNT, SIZE, SWITCH, WORD, WORDS = ({"Ref": name} for name in ("Count", "Size", "Switch", "Word", "Words"))
GONE = {"Ref": "AWS::NoValue"}


def either(first, second):
    return {"Fn::If": ["On", first, second]}


def found(value, schema, parameters=None, limits=False):
    """What the judge finds, as one text."""
    root = schema if isinstance(schema, dict) else {"type": schema}
    one = Judge(root, untyped.Untyped("AWS::SQS::Queue", set()), limits)
    value = Resolver(TEMPLATE, parameters).value(value)
    if value is not NOTHING:
        one.judge(value, root, ())
    return "; ".join(f"{'/'.join(path)}: {text}" for path, text in one.findings)


class Types(unittest.TestCase):
    def right(self, *cases):
        for value, schema in cases:
            with self.subTest(value=value, schema=schema):
                self.assertEqual(found(value, schema), "")

    def wrong(self, text, *cases):
        for value, schema in cases:
            with self.subTest(value=value, schema=schema):
                self.assertIn(text, found(value, schema))

    def test_integer_takes_what_reads_as_one(self):
        self.right((1, "integer"), ("1", "integer"), (-1, "integer"), (2.0, "integer"),
                   (COUNT, "integer"), (SIZE, "integer"), (either(1, COUNT), "integer"),
                   ({"Fn::FindInMap": ["Sizes", "eu-west-1", "small"]}, "integer"))
        self.wrong("where integer is due", (1.5, "integer"), ("1.5", "integer"), (True, "integer"),
                   ("one", "integer"), (WORD, "integer"), ({"Ref": "Queue"}, "integer"),
                   ({"Fn::Sub": "${Word}"}, "integer"), (SWITCH, "integer"), (WORDS, "integer"),
                   ({"Fn::GetAtt": ["Queue", "Arn"]}, "integer"), ({}, "integer"),
                   ({"Ref": "Stored"}, "integer"))

    def test_number_takes_fractions_and_no_boolean(self):
        self.right((1.5, "number"), ("1.5e3", "number"), (COUNT, "number"), (7, "number"))
        self.wrong("where number is due", (True, "number"), ("", "number"), ("1,5", "number"))

    def test_boolean_takes_true_and_false(self):
        self.right((True, "boolean"), ("false", "boolean"), (SWITCH, "boolean"))
        self.wrong("where boolean is due", (1, "boolean"), ("yes", "boolean"), (SIZE, "boolean"),
                   (COUNT, "boolean"), ("True", "boolean"))

    def test_string_takes_every_scalar(self):
        self.right((1, "string"), (True, "string"), (COUNT, "string"), ({"Ref": "Queue"}, "string"),
                   ({"Fn::Join": ["-", ["a", COUNT]]}, "string"),
                   ({"Fn::Sub": "${Queue.Arn}-${Count}-${AWS::Region}-${!kept}"}, "string"),
                   ({"Fn::Select": [0, WORDS]}, "string"), ("{{resolve:ssm:name}}", "string"))
        self.wrong("where string is due", (WORDS, "string"), ({"a": "b"}, "string"), (["a"], "string"))

    def test_array_takes_lists_only(self):
        texts = {"type": "array", "items": {"type": "string"}}
        numbers = {"type": "array", "items": {"type": "integer"}}
        self.right((WORDS, texts), (["a", COUNT, GONE], texts), ([1, COUNT], numbers),
                   ({"Fn::Split": [",", WORD]}, texts), (either(WORDS, GONE), texts))
        self.wrong("where array is due", (WORD, texts), ({"Fn::Join": [",", WORDS]}, texts))
        self.wrong("where integer is due", (WORDS, numbers), ([1, either(2, "b")], numbers))

    def test_both_branches_of_a_condition_are_judged(self):
        self.right((either(1, GONE), "integer"))
        self.wrong("where integer is due", (either("a", 1), "integer"), (either(1, "a"), "integer"),
                   (either(either(1, WORD), 1), "integer"))

    def test_members_are_judged_by_name_and_pattern(self):
        schema = {"type": "object", "additionalProperties": False,
                  "properties": {"A": {"$ref": "#/definitions/A"}}, "definitions": {"A": {"type": "integer"}},
                  "patternProperties": {"^x-": {"type": "boolean"}}}
        self.right(({"A": COUNT, "x-b": "true"}, schema))
        self.wrong("A: the text 'a'", ({"A": "a"}, schema))
        self.wrong("x-b: a text that is a number where boolean is due", ({"x-b": COUNT}, schema))
        self.wrong("no such property", ({"B": 1}, schema))

    def test_one_alternative_has_to_fit(self):
        schema = {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}
        self.right((COUNT, schema), ([COUNT], schema))
        self.wrong("is due", (WORD, schema), ([WORD], schema), (True, schema))
        # Alternatives without types are limits, and the type beside them holds.
        limits = {"type": "integer", "anyOf": [{"format": "a"}, {"required": ["b"]}]}
        self.right((COUNT, limits))
        self.wrong("where integer is due", (WORD, limits))

    def test_parts_of_all_are_joined(self):
        schema = {"type": "object", "allOf": [{"properties": {"A": {"type": "integer"}}}, {"if": {}}]}
        self.right(({"A": 1}, schema))
        self.wrong("A: the text", ({"A": "a"}, schema))

    def test_value_without_a_type_fails(self):
        self.wrong("cannot be told", ({"Ref": "Absent"}, "string"), ({"Fn::Transform": {}}, "string"),
                   ({"Fn::GetAtt": ["Queue", "Absent"]}, "string"), (either("a", {"Ref": "Absent"}), "string"),
                   ({"Fn::If": ["Absent", 1, 2]}, "integer"), ({"Fn::Sub": "${Absent}"}, "string"),
                   ({"Fn::Sub": "a ${Words}"}, "string"), ("a", {}), ([1], {"type": "array"}))
        self.wrong("no value of a property", (None, "string"))


class UntypedJson(unittest.TestCase):
    def setUp(self):
        places = {
            "AWS::SQS::Queue/Texts": (untyped.texts, ""),
            "AWS::SQS::Queue/Literals": (untyped.literals, ""),
            "AWS::SQS::Queue/Empty": (untyped.empty, ""),
        }
        self.kept, untyped.PLACES = untyped.PLACES, places

    def tearDown(self):
        untyped.PLACES = self.kept

    def found(self, **members):
        json = {"type": ["object", "string"]}
        return found(members, {"type": "object", "properties": dict.fromkeys(members, json)})

    def test_number_of_a_parameter_stays_text(self):
        self.assertIn("a Ref to a Number in untyped JSON", self.found(Settings={"Limit": COUNT}))
        self.assertIn("Settings/Limit: a Ref", self.found(Settings=either({"Limit": COUNT}, GONE)))

    def test_place_without_a_reason_fails(self):
        self.assertIn("untyped JSON without a reason", self.found(Settings={"Limit": 1}))
        self.assertIn("in untyped JSON", self.found(Settings={"Name": {"Ref": "Queue"}}))

    def test_rule_of_a_place_holds_each_leaf(self):
        self.assertEqual(self.found(Texts={"a": [COUNT, "b", either("c", GONE)]}), "")
        self.assertIn("has the literal 1", self.found(Texts={"a": [1]}))
        self.assertIn("has the literal False", self.found(Texts={"a": either("c", False)}))
        self.assertEqual(self.found(Literals={"a": [1, "b", None, True]}), "")
        self.assertIn("which is text in it", self.found(Literals={"a": COUNT}))
        self.assertEqual(self.found(Empty={}), "")
        self.assertIn("without members", self.found(Empty={"a": "b"}))
        self.assertIn("cannot be told", self.found(Texts={"a": {"Ref": "Absent"}}))

    def test_typed_alternative_comes_first(self):
        schema = {"oneOf": [{"type": ["object", "string"]}, {"type": "array", "items": {"type": "integer"}}]}
        self.assertEqual(found([COUNT], schema), "")
        self.assertIn("untyped JSON", found({"a": COUNT}, schema) + found({"a": 1}, schema))


class Sets(unittest.TestCase):
    PARAMETERS = {"Count": 3, "Size": "1", "Switch": "true", "Word": "12", "Words": "a,b", "Stored": "/n"}

    def test_set_gives_exact_values(self):
        self.assertEqual(found({"Fn::Sub": "${Word}0"}, "integer", self.PARAMETERS), "")
        self.assertIn("is due", found({"Fn::Sub": "${Switch}0"}, "integer", self.PARAMETERS))
        self.assertIn("is due", found(either(SWITCH, 1), "integer", self.PARAMETERS))
        self.assertEqual(found(either(1, SWITCH), "integer", self.PARAMETERS), "")

    def test_resource_of_another_shape_is_no_reference(self):
        self.assertEqual(found({"Ref": "Off"}, "string"), "")
        self.assertIn("not made in this set", found({"Ref": "Off"}, "string", self.PARAMETERS))
        self.assertIn("not made in this set", found({"Fn::Sub": "${Off.Arn}"}, "string", self.PARAMETERS))

    def test_limits_hold_what_is_known(self):
        for value, schema in [
            (COUNT, {"type": "integer", "maximum": 2}), (WORD, {"type": "string", "maxLength": 1}),
            (WORD, {"type": "string", "pattern": "^a"}), (SIZE, {"type": "integer", "enum": [2, 3]}),
            ({}, {"type": "object", "properties": {"A": {"type": "string"}}, "required": ["A"]}),
        ]:
            with self.subTest(value=value):
                self.assertNotEqual(found(value, schema, self.PARAMETERS, limits=True), "")
                self.assertEqual(found(value, schema, self.PARAMETERS), "")

    def test_set_that_the_template_refuses_is_none(self):
        declared = {"WafRequests": {"Type": "Number", "Default": 5, "MinValue": 1}}
        with self.assertRaisesRegex(AssertionError, "all off: WafRequests does not take 0"):
            sets.sets(declared)
        with self.assertRaisesRegex(AssertionError, "has no value for Unheard"):
            sets.sets({"Unheard": {"Type": "String"}})

    def test_rule_refuses_a_set(self):
        rule = {"Assertions": [{"Assert": {"Fn::Contains": [["3", "4"], COUNT]}}]}
        template = TEMPLATE | {"Rules": {"CountIsRight": rule}}
        self.assertEqual(list(Resolver(template, self.PARAMETERS).refusing()), [])
        self.assertEqual(list(Resolver(template, self.PARAMETERS | {"Count": 5}).refusing()), ["CountIsRight"])

    def test_functions_of_conditions_are_known(self):
        truth = Resolver(TEMPLATE, self.PARAMETERS, "us-east-1").truth
        for holds, expression in [
            (True, {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}), (True, {"Condition": "On"}),
            (False, {"Condition": "Never"}), (True, {"Fn::Or": [{"Condition": "Never"}, {"Condition": "On"}]}),
            (False, {"Fn::And": [{"Condition": "Never"}, {"Condition": "On"}]}),
            (True, {"Fn::Equals": [COUNT, 3]}), (True, {"Fn::Contains": [["2", "3"], COUNT]}),
            (False, {"Fn::EachMemberEquals": [WORDS, "a"]}), (True, {"Fn::EachMemberEquals": [["a", "a"], "a"]}),
            (True, {"Fn::EachMemberIn": [WORDS, ["a", "b", "c"]]}), (False, {"Fn::EachMemberIn": [WORDS, ["a"]]}),
        ]:
            with self.subTest(expression=expression):
                self.assertIs(truth(expression), holds)
        with self.assertRaisesRegex(ValueError, "uses Fn::Heard"):
            truth({"Fn::Heard": []})


class Published(unittest.TestCase):
    def test_schemas_are_read(self):
        self.assertIn("FifoQueue", schemas.create_only("AWS::SQS::Queue"))
        self.assertEqual(schemas.attribute("AWS::SQS::Queue", "Arn")["type"], "string")
        with self.assertRaises(schemas.UnknownType):
            schemas.schema("AWS::SQS::Absent")


if __name__ == "__main__":
    unittest.main()
