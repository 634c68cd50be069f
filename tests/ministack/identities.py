"""What the temporary credentials of two people may touch, by the policies of the template."""

from botocore import UNSIGNED
from botocore.exceptions import ClientError
from emulator import REGION
from person import Person, Stage, code_in


class Visitor:
    """A user who signed in by code and has an identity and credentials."""

    def __init__(self, stage):
        client, person = stage.outputs["WebClientId"], Person(stage)
        result = person.answer(client, person.start(client), code_in(person.mail()))
        provider = f"cognito-idp.{REGION}.amazonaws.com/{stage.pool}"
        login = {"Logins": {provider: result["AuthenticationResult"]["IdToken"]}}
        pool = stage.connect(stage.emulator, "cognito-identity", signature_version=UNSIGNED)
        self.identity = pool.get_id(IdentityPoolId=stage.outputs["IdentityPoolId"], **login)["IdentityId"]
        given = pool.get_credentials_for_identity(IdentityId=self.identity, **login)["Credentials"]
        self.keys = {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }
        self.emulator, self.outputs = stage.emulator, stage.outputs

    def client(self, service):
        return Stage.connect(self.emulator, service, self.keys)


def denied(call):
    try:
        answer = call()
    except ClientError as error:
        assert error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"), error
    else:
        raise AssertionError(f"allowed: {list(answer)}")


class Two:
    """Two people, made when the first step needs them."""

    def make(self, stage):
        self.ann, self.bob = Visitor(stage), Visitor(stage)
        assert self.ann.identity != self.bob.identity

    def files(self, stage):
        files, bucket = self.ann.client("s3"), stage.outputs["FilesBucket"]
        own, other = (f"private/{each.identity}/note.txt" for each in (self.ann, self.bob))
        files.put_object(Bucket=bucket, Key=own, Body=b"mine")
        assert files.get_object(Bucket=bucket, Key=own)["Body"].read() == b"mine"
        self.bob.client("s3").put_object(Bucket=bucket, Key=other, Body=b"not yours")
        denied(lambda: files.get_object(Bucket=bucket, Key=other))
        denied(lambda: files.put_object(Bucket=bucket, Key=other, Body=b"mine"))
        denied(lambda: files.delete_object(Bucket=bucket, Key=other))
        denied(lambda: files.get_object(Bucket=bucket, Key="note.txt"))
        listed = files.list_objects_v2(Bucket=bucket, Prefix=f"private/{self.ann.identity}/")
        assert [each["Key"] for each in listed["Contents"]] == [own], listed
        denied(lambda: files.list_objects_v2(Bucket=bucket, Prefix=f"private/{self.bob.identity}/"))
        denied(lambda: files.list_objects_v2(Bucket=bucket))

    def rows(self, stage):
        table, name = self.ann.client("dynamodb"), stage.outputs["NotesTable"]

        def row(person):
            return {"pk": {"S": person.identity}, "sk": {"S": "first"}}

        table.put_item(TableName=name, Item=row(self.ann))
        assert table.get_item(TableName=name, Key=row(self.ann))["Item"] == row(self.ann)
        denied(lambda: table.put_item(TableName=name, Item=row(self.bob)))
        denied(lambda: table.get_item(TableName=name, Key=row(self.bob)))
        denied(lambda: table.scan(TableName=name))

    def nothing_else(self, stage):
        table, outputs = self.ann.client("dynamodb"), stage.outputs
        for name in ("Challenges", "Profiles", "Accounts"):
            denied(lambda: table.scan(TableName=outputs[name]))
        secret = self.ann.client("secretsmanager")
        denied(lambda: secret.get_secret_value(SecretId=outputs["CodeKey"]))
        pool = self.ann.client("cognito-idp")
        denied(lambda: pool.list_users(UserPoolId=stage.pool))
        functions = self.ann.client("lambda")
        denied(lambda: functions.list_functions())


two = Two()
STEPS = [
    ("two people exchange their ID tokens for identities and credentials", two.make),
    ("each reaches the files below the own identity, and no others", two.files),
    ("each reaches the rows of the own identity, and no others", two.rows),
    ("the credentials open no table, secret, pool or function of ours", two.nothing_else),
]
